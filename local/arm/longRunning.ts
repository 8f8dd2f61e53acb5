import { randomUUID } from "node:crypto";
import type { ArmCall, Reply } from "../http/operation";
import type { ArmServices } from "./services";
import { deny } from "./refusals";
import type { Refused } from "../http/operation";

/**
 * A long-running operation is nothing but its resource's own state: the token says which resource, made when, is to come or to
 * go. So an operation that was under way outlives a restart.
 */
export interface Running {
    what: "account" | "pool" | "group";
    is: "coming" | "going";
    /** Key of the record. */
    key: string;
    /** When the record was made: a later one of the same name is another. */
    createdAt: number;
}

export type Progress = "running" | "failed" | { done: unknown };

/** Waiting times for clients: those that know the second header are quick. */
const soon = { "Retry-After": "1", "Retry-After-Ms": "50" };

/** Says that the operation has begun and where to ask for it. */
export function accepted(call: ArmCall, running: Running): Reply {
    const token = Buffer.from(JSON.stringify(running)).toString("base64url");
    const subscription = call.params["subscriptionId"] ?? "";
    const place =
        running.what === "group"
            ? `/subscriptions/${subscription}`
            : `/subscriptions/${subscription}/providers/Microsoft.Batch/locations/operations`;
    const address = (kind: string) =>
        `${call.origin}${place}/${kind}/${token}?api-version=${call.apiVersion}`;
    return {
        status: 202,
        headers: {
            ...soon,
            Location: address("operationresults"),
            "Azure-AsyncOperation": address("operationstatuses"),
        },
    };
}

export function readToken(token: string): Running | undefined {
    try {
        const read = JSON.parse(Buffer.from(token, "base64url").toString("utf8")) as Partial<Running>;
        const { what, is, key, createdAt } = read;
        if (what === undefined || is === undefined || key === undefined || createdAt === undefined)
            return undefined;
        return { what, is, key, createdAt };
    } catch {
        return undefined;
    }
}

/** The answer at Location: 202 while it runs, then the resource, or nothing where it is gone. */
export function resultReply(call: ArmCall, progress: Progress): Reply | Refused {
    if (progress === "running")
        return { status: 202, headers: { ...soon, Location: `${call.origin}${call.url}` } };
    if (progress === "failed") return deny("BadRequest", "The operation failed.");
    return progress.done === undefined ? { status: 204 } : { status: 200, body: progress.done };
}

/** The answer at Azure-AsyncOperation. */
export function statusReply(call: ArmCall, progress: Progress): Reply {
    const id = call.url.split("?", 1)[0] ?? "";
    const name = id.split("/").at(-1) ?? randomUUID();
    if (progress === "running")
        return { status: 200, headers: soon, body: { id, name, status: "InProgress" } };
    if (progress === "failed") {
        const error = { code: "OperationFailed", message: "The operation failed." };
        return { status: 200, body: { id, name, status: "Failed", error } };
    }
    return { status: 200, body: { id, name, status: "Succeeded" } };
}

export function progressOf(
    running: Running,
    services: ArmServices,
    show: (key: string) => unknown,
): Progress {
    const { accounts, pools, resources } = services.store;
    const record =
        running.what === "account"
            ? accounts.get(running.key)
            : running.what === "pool"
              ? pools.get(running.key)
              : resources.get(running.key);
    const made = record && ("creationTime" in record ? record.creationTime : record.createdAt);
    const there = made === running.createdAt;
    if (running.is === "going") return there ? "running" : { done: undefined };
    if (!there || !record) return "failed";
    const state = "provisioningState" in record ? record.provisioningState : "Succeeded";
    if (state === "Creating") return "running";
    return state === "Failed" ? "failed" : { done: show(running.key) };
}
