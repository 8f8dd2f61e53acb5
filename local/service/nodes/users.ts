import type { NodeRecord } from "../../model/pool";
import { idKey } from "../../model/ids";
import type { ResourceRecord } from "../../model/account";
import { refuse } from "../../http/operation";
import type { Call, Refused } from "../../http/operation";
import type { BatchServices } from "../services";

/** What a user of a node was given; the password is not kept, for nothing here would ask for it. */
export interface NodeUserBody {
    name?: string;
    isAdmin?: boolean;
    expiryTime?: string;
    password?: string;
    sshPublicKey?: string;
}

/** Users go with the node: its id is never given again. */
export function userKey(node: NodeRecord, name: string): string {
    return `nodeusers/${node.key}/${idKey(name)}`;
}

export function userRecord(
    node: NodeRecord,
    name: string,
    { isAdmin = false, expiryTime, sshPublicKey }: NodeUserBody,
    call: Call,
): ResourceRecord {
    const day = 86_400_000;
    return {
        key: userKey(node, name),
        id: userKey(node, name),
        type: "batchlocal/nodeusers",
        name,
        // One day is what a user gets who is given no time.
        body: { isAdmin, expiryTime: expiryTime ?? new Date(call.now + day).toISOString(), sshPublicKey },
        createdAt: call.now,
        lastModified: call.now,
        eTag: "",
    };
}

export function findUser(node: NodeRecord, name: string, { store }: BatchServices): ResourceRecord | Refused {
    return store.resources.get(userKey(node, name)) ?? refuse("NodeUserNotFound");
}

/** A user has one way in: a password or, on Linux, a key. */
export function credentialFault({ password, sshPublicKey }: NodeUserBody): Refused | undefined {
    if ((password === undefined) !== (sshPublicKey === undefined)) return undefined;
    return refuse("InvalidPropertyValue", {
        values: [
            { key: "PropertyName", value: password === undefined ? "password" : "sshPublicKey" },
            { key: "Reason", value: "Give exactly one of password and sshPublicKey." },
        ],
    });
}
