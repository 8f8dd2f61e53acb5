/**
 * Shared Key, as "Authenticate requests to the Azure Batch service" describes it and as real clients do it. The three SDKs each
 * deviate from the text in their own way, so a signature counts when it signs any of a small set of readings of the request.
 */
import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import type { AccountRecord } from "../model/account";
import type { SharedKeyVerdict } from "./identity";

export interface SignedRequest {
    method: string;
    /** Path and query as they came. */
    url: string;
    headers: IncomingHttpHeaders;
    /** Names with the case they were sent in, where the caller has them. */
    rawHeaders?: readonly string[];
}

const allowedSkewMs = 15 * 60_000;

const signedHeaders = [
    "content-encoding",
    "content-language",
    "content-length",
    "content-md5",
    "content-type",
    "date",
    "if-modified-since",
    "if-match",
    "if-none-match",
    "if-unmodified-since",
    "range",
];

/**
 * Whether one of the account's keys signed this request. `now` is real time in milliseconds: what a client signs is its own
 * clock, however fast ours runs.
 */
export function verifySharedKey(
    request: SignedRequest,
    account: Pick<AccountRecord, "name">,
    keys: AccountRecord["keys"],
    now: number,
): SharedKeyVerdict {
    const match = /^SharedKey ([^:\s]+):([A-Za-z0-9+/]{43}=)$/i.exec(
        request.headers.authorization?.trim() ?? "",
    );
    const [, name, signature] = match ?? [];
    if (name === undefined || signature === undefined) return { ok: false, reason: "malformed" };
    if (name.toLowerCase() !== account.name.toLowerCase()) return { ok: false, reason: "unknownAccount" };
    const date = header(request.headers, "ocp-date") || header(request.headers, "date");
    if (date === "") return { ok: false, reason: "noDate" };
    const skew = Math.abs(now - Date.parse(date));
    // Written so that an unreadable date (NaN) is refused.
    if (!(skew <= allowedSkewMs)) return { ok: false, reason: "skew" };
    const candidates = stringsToSign(request, name);
    const given = Buffer.from(signature, "base64");
    for (const key of [keys.primary, keys.secondary]) {
        const secret = secretOf(key);
        for (const candidate of candidates) {
            if (timingSafeEqual(createHmac("sha256", secret).update(candidate, "utf8").digest(), given))
                return { ok: true };
        }
    }
    return { ok: false, reason: "signature", stringToSign: candidates[0] };
}

const secrets = new Map<string, KeyObject>();

/** Making a key object costs four times what signing with it does. */
function secretOf(key: string): KeyObject {
    let secret = secrets.get(key);
    if (!secret) {
        if (secrets.size >= 100) secrets.clear();
        secrets.set(key, (secret = createSecretKey(Buffer.from(key, "base64"))));
    }
    return secret;
}

/** Every reading of the request that a known client signs; the first one is the documented one. */
export function stringsToSign(request: SignedRequest, accountName: string): string[] {
    const mark = request.url.indexOf("?");
    const path = mark < 0 ? request.url : request.url.slice(0, mark);
    const query = readQuery(mark < 0 ? "" : request.url.slice(mark + 1));
    const lengths = contentLengths(request.headers);
    const ocpHeaders = distinct([allOcpHeaders(request.headers), ocpHeadersAsSent(request)]);
    const queries = distinct([documentedQuery(query), nodeQuery(query), pythonQuery(query)]);
    const heads = dates(request.headers).flatMap((date) =>
        lengths.map((length) => {
            const chosen: Record<string, string> = { date, "content-length": length };
            const lines = signedHeaders.map((name) => chosen[name] ?? header(request.headers, name));
            return [request.method, ...lines].join("\n");
        }),
    );
    return distinct(
        queries.flatMap((parameters) =>
            ocpHeaders.flatMap((ocp) =>
                heads.map((head) => `${head}\n${ocp}/${accountName}${path}${parameters}`),
            ),
        ),
    );
}

/** The Date line is empty beside an ocp-date; the SDKs sign a Date that they were given all the same. */
function dates(headers: IncomingHttpHeaders): string[] {
    const date = header(headers, "date");
    return header(headers, "ocp-date") === "" ? [date] : distinct(["", date]);
}

/** With no body, clients sign nothing or "0", whatever they then send. */
function contentLengths(headers: IncomingHttpHeaders): string[] {
    const length = header(headers, "content-length");
    return length === "" || length === "0" ? distinct([length, "", "0"]) : [length];
}

function allOcpHeaders(headers: IncomingHttpHeaders): string {
    return canonicalHeaders(
        Object.keys(headers).filter((name) => name.startsWith("ocp-")),
        headers,
    );
}

/** The SDKs look for `ocp-` in the name as they wrote it, before lower-casing; Python's anywhere in it. */
function ocpHeadersAsSent({ headers, rawHeaders }: SignedRequest): string {
    const names = rawHeaders ? rawHeaders.filter((_, index) => index % 2 === 0) : Object.keys(headers);
    const chosen = names.filter((name) => name.includes("ocp-")).map((name) => name.toLowerCase());
    return canonicalHeaders(distinct(chosen), headers);
}

function canonicalHeaders(names: string[], headers: IncomingHttpHeaders): string {
    return names
        .sort()
        .map((name) => [name, header(headers, name)] as const)
        .filter(([, value]) => value !== "")
        .map(([name, value]) => `${name}:${value}\n`)
        .join("");
}

/** Names and all values, decoded, in the order they came. */
function readQuery(text: string): Map<string, string[]> {
    const query = new Map<string, string[]>();
    for (const [name, value] of new URLSearchParams(text)) {
        const values = query.get(name);
        if (values) values.push(value);
        else query.set(name, [value]);
    }
    return query;
}

/** Names lower-cased, then sorted; several values of one name sorted and joined. */
function documentedQuery(query: Map<string, string[]>): string {
    const lowered = new Map<string, string[]>();
    for (const [name, values] of query) {
        lowered.set(name.toLowerCase(), [...(lowered.get(name.toLowerCase()) ?? []), ...values]);
    }
    return canonicalQuery([...lowered].map(([name, values]) => [name, values.sort().join(",")]));
}

/** The JavaScript SDK: names as sent, values in the order they came. */
function nodeQuery(query: Map<string, string[]>): string {
    return canonicalQuery([...query].map(([name, values]) => [name, values.join(",")]));
}

/** The Python SDKs: names as sent, empty values dropped, the first of several. */
function pythonQuery(query: Map<string, string[]>): string {
    const pairs = [...query].map(([name, values]): [string, string] => [
        name,
        values.find((value) => value !== "") ?? "",
    ]);
    return canonicalQuery(pairs.filter(([, value]) => value !== ""));
}

function canonicalQuery(pairs: [string, string][]): string {
    return pairs
        .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
        .map(([name, value]) => `\n${name}:${value}`)
        .join("");
}

function header(headers: IncomingHttpHeaders, name: string): string {
    const value = headers[name];
    return (Array.isArray(value) ? value.join(", ") : (value ?? "")).trim();
}

function distinct<T>(values: readonly T[]): T[] {
    return [...new Set(values)];
}
