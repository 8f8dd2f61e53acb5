/** Refusals in the service's words, where those are known. The inner code travels in `values`. */
import { refuse } from "../http/operation";
import type { RefusalCode, Refused } from "../http/operation";
import { rendered } from "../http/refusals";
import type { Kind } from "./shelf";

const singular = { secrets: "Secret", certificates: "Certificate" } as const;
const inner = "innererror";

/** A vault's own codes, with their status. */
const codes = {
    BadParameter: 400,
    Unauthorized: 401,
    Forbidden: 403,
    SecretNotFound: 404,
    CertificateNotFound: 404,
    PendingCertificateNotFound: 404,
    VaultNotFound: 404,
    Conflict: 409,
} as const;

type Code = keyof typeof codes;

/** Refuses with a code that the catalogue does not list; it carries its status and text itself. */
export function deny(code: Code, message: string, details: Omit<Refused, "refused"> = {}): Refused {
    return refuse(code as RefusalCode, { status: codes[code], message, ...details });
}

export function badParameter(message: string): Refused {
    return deny("BadParameter", message);
}

export function withInner(code: Code, innerCode: string, message: string): Refused {
    return deny(code, message, { values: [{ key: inner, value: innerCode }] });
}

export function notFound(kind: Kind, name: string): Refused {
    const word = singular[kind];
    return deny(
        `${word}NotFound`,
        `A ${word.toLowerCase()} with (name/id) ${name} was not found in this key vault. If you recently deleted this ` +
            `${word.toLowerCase()} you may be able to recover it using the correct recovery command. For help resolving this ` +
            "issue, please see https://go.microsoft.com/fwlink/?linkid=2125182",
    );
}

export function deletedNotFound(kind: Kind, name: string): Refused {
    const word = singular[kind];
    return deny(`${word}NotFound`, `Deleted ${word} not found: ${name}`);
}

export function isDeleted(kind: Kind, name: string): Refused {
    return withInner(
        "Conflict",
        "ObjectIsDeletedButRecoverable",
        `${singular[kind]} ${name} is currently in a deleted but recoverable state, and its name cannot be reused; in this state, ` +
            `the ${singular[kind].toLowerCase()} can only be recovered or purged.`,
    );
}

/** A managed secret is changed through its certificate. */
export function isManaged(operation: string, name: string): Refused {
    // guess: the code and the words
    return withInner(
        "Forbidden",
        "ForbiddenByPolicy",
        `Operation ${operation} is not allowed on the secret ${name}, because it is managed by the certificate of that name.`,
    );
}

export function purgeProtected(): Refused {
    return withInner(
        "Forbidden",
        "ForbiddenByPolicy",
        'Operation "purge" is not allowed because purge protection is enabled for this vault. Key Vault service will ' +
            "automatically purge it after the retention period has passed.",
    );
}

export function errorBody(refused: Refused, received: { method: string; path: string }): unknown {
    const { code, status, message } = rendered(refused);
    const innerCode = refused.values?.find(({ key }) => key === inner)?.value;
    // What the pipeline itself refuses has Batch's codes, which a vault does not know.
    const others = refused.values?.filter(({ key }) => key !== inner).map(({ value }) => value) ?? [];
    const said =
        status === 501 ? `${received.method} ${received.path} is not there in Batch Local.` : message;
    return {
        error: {
            code: status === 400 || status === 405 ? "BadParameter" : code,
            message: [said, ...others].join(" "),
            ...(innerCode === undefined ? {} : { innererror: { code: innerCode } }),
        },
    };
}
