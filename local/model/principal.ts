/** Who makes a request, once proven. */
export type Principal =
    | { kind: "sharedKey"; account: string }
    | {
          kind: "token";
          /** Object id, application id and tenant of the token. */
          objectId: string;
          applicationId?: string;
          tenantId: string;
          audience: string;
      };
