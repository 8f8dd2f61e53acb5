import type { BatchSignIn } from "../../client";
import { cancelled } from "./cancel";
import { blobCredential, settingOf } from "./connections";
import { pause } from "./time";

/** Resource managers of the clouds, by azure-native's names of them. Source: "Azure environments", read 2026-11. */
const clouds: Record<string, string> = {
    public: "https://management.azure.com",
    usgovernment: "https://management.usgovcloudapi.net",
    china: "https://management.chinacloudapi.cn",
};
const TRIES = 5;

/** The resource manager's answer to something that it refused. */
export class ArmError extends Error {
    constructor(
        readonly status: number,
        readonly code: string,
        message: string,
    ) {
        super(message);
    }
}

interface Manager {
    readonly url: string;
    readonly scope: string;
}

const managers = new Map<string, Promise<Manager>>();

async function findManager(credentials: BatchSignIn | undefined): Promise<Manager> {
    const host = settingOf("metadataHost", "ARM_METADATA_HOSTNAME", credentials);
    if (host === undefined) {
        const name = (settingOf("environment", "ARM_ENVIRONMENT", credentials) ?? "public").toLowerCase();
        const url = clouds[name.replace(/^azure|cloud$/g, "")] ?? clouds["public"] ?? "";
        return { url, scope: `${url}/.default` };
    }
    const base = /^https?:\/\//.test(host) ? host : `https://${host}`;
    const answer = await fetch(new URL("/metadata/endpoints?api-version=2022-09-01", base));
    const metadata = (await answer.json()) as {
        resourceManager?: string;
        authentication?: { audiences?: string[] };
    };
    if (!answer.ok || metadata.resourceManager === undefined)
        throw new Error(`the metadata host ${base} names no resource manager (status ${answer.status})`);
    const audience = metadata.authentication?.audiences?.[0] ?? metadata.resourceManager;
    return {
        url: metadata.resourceManager.replace(/\/$/, ""),
        scope: `${audience.replace(/\/$/, "")}/.default`,
    };
}

/**
 * A request to the resource manager, signed in as azure-native is. Refusals that pass by themselves are tried again.
 * @param path resource id and what follows it, without api-version
 * @param options `credentials`: name of the settings of the sign-in
 * @throws ArmError
 */
export async function arm<T>(
    method: "GET" | "PUT" | "PATCH" | "POST" | "DELETE",
    path: string,
    apiVersion: string,
    { body, credentials }: { readonly body?: unknown; readonly credentials?: BatchSignIn } = {},
): Promise<T> {
    const key = JSON.stringify(credentials ?? "");
    const manager =
        managers.get(key) ??
        findManager(credentials).catch((error: unknown) => {
            managers.delete(key);
            throw error;
        });
    managers.set(key, manager);
    const { url, scope } = await manager;
    for (let attempt = 1; ; attempt++) {
        const token = await (await blobCredential(credentials)).getToken(scope);
        if (token === null) throw new Error(`no token for ${scope}`);
        const answer = await fetch(`${url}${path}?api-version=${apiVersion}`, {
            method,
            signal: cancelled,
            headers: {
                authorization: `Bearer ${token.token}`,
                ...(body === undefined ? {} : { "content-type": "application/json" }),
            },
            ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        });
        const text = await answer.text();
        if (answer.ok) return (text === "" ? undefined : JSON.parse(text)) as T;
        const passing = answer.status === 429 || answer.status >= 500;
        if (!passing || attempt === TRIES) throw refusal(answer.status, text);
        const after = Number(answer.headers.get("retry-after") ?? 2 ** attempt);
        await pause(Math.min(after, 60) * 1000, cancelled);
    }
}

function refusal(status: number, text: string): ArmError {
    try {
        const { error } = JSON.parse(text) as { error?: { code?: string; message?: string } };
        const [line] = (error?.message ?? "").split("\n");
        return new ArmError(status, error?.code ?? "", line ?? "");
    } catch {
        return new ArmError(status, "", `the resource manager answered ${status}`);
    }
}
