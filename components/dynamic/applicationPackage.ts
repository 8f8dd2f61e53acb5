import type { BatchSignIn } from "../../client";
import fs from "node:fs";
import { ArmError, arm } from "./arm";
import { cancelled } from "./cancel";
import { InitializationError } from "./errors";
import { differs, known, uncertain, unsure } from "./known";
import { Progress } from "./progress";
import { entriesOf, zipStream } from "./zip";

const API_VERSION = "2024-07-01";
const PIECE = 4 * 1024 * 1024;

/** Inputs of an application package. */
export interface ApplicationPackageInputs {
    /** Resource id of the application. */
    readonly applicationId: string;
    readonly version: string;
    /** A folder or a zip on this machine; not compared, since another machine has it elsewhere. */
    readonly path: string;
    /** Digest of the content. */
    readonly hash: string;
    /** Whether it is the application's default version. */
    readonly isDefault: boolean;
    readonly batchCredentials?: BatchSignIn;
}

interface State extends ApplicationPackageInputs {
    readonly active?: boolean;
}

interface Shown {
    readonly properties?: { readonly state?: string; readonly storageUrl?: string };
}

export function check(
    _olds: unknown,
    news: ApplicationPackageInputs,
): { inputs: ApplicationPackageInputs; failures: { property: string; reason: string }[] } {
    return { inputs: news, failures: [] };
}

/** Same content is no change, wherever it is. */
export function diff(
    _id: string,
    olds: State,
    news: ApplicationPackageInputs,
): { changes: boolean; replaces: string[] } {
    const replaces = (["applicationId", "version"] as const).filter((name) =>
        differs(
            olds[name]?.toLowerCase(),
            known(unsure(news[name]))?.toLowerCase() ?? olds[name]?.toLowerCase(),
        ),
    );
    const changed =
        differs(olds.hash, news.hash) || differs(olds.isDefault, news.isDefault) || olds.active !== true;
    return { changes: changed || replaces.length > 0 || uncertain(news.hash), replaces };
}

const idOf = ({ applicationId, version }: ApplicationPackageInputs): string =>
    `${applicationId}/versions/${version}`;

export async function create(
    inputs: ApplicationPackageInputs,
): Promise<{ id: string; outs: Record<string, unknown> }> {
    return { id: idOf(inputs), outs: await bring(inputs, undefined) };
}

export async function update(
    _id: string,
    olds: State,
    news: ApplicationPackageInputs,
): Promise<{ outs: Record<string, unknown> }> {
    return { outs: await bring(news, olds) };
}

async function bring(
    inputs: ApplicationPackageInputs,
    olds: State | undefined,
): Promise<Record<string, unknown>> {
    const credentials = inputs.batchCredentials;
    try {
        if (olds?.active !== true || olds.hash !== inputs.hash) {
            const { properties } = await arm<Shown>("PUT", idOf(inputs), API_VERSION, {
                body: {},
                credentials,
            });
            const url = properties?.storageUrl;
            if (url === undefined)
                throw new Error(
                    "the service gave no address to upload to: the Batch account needs linked storage",
                );
            await upload(url, inputs);
            await arm("POST", `${idOf(inputs)}/activate`, API_VERSION, {
                body: { format: "zip" },
                credentials,
            });
        }
        if (inputs.isDefault || olds?.isDefault === true) await setDefault(inputs);
    } catch (error) {
        throw new InitializationError(idOf(inputs), { ...inputs }, { active: false }, [
            explain(error, inputs),
        ]);
    }
    return { ...inputs, active: true };
}

/** Sets the default version, or takes it away where it is still this one. */
async function setDefault(inputs: ApplicationPackageInputs): Promise<void> {
    const { applicationId, version, isDefault, batchCredentials: credentials } = inputs;
    if (!isDefault && (await defaultOf(inputs)) !== version) return;
    await arm("PATCH", applicationId, API_VERSION, {
        body: { properties: { defaultVersion: isDefault ? version : "" } },
        credentials,
    });
}

async function defaultOf(inputs: ApplicationPackageInputs): Promise<string | undefined> {
    const { applicationId, batchCredentials: credentials } = inputs;
    const shown = await arm<{ properties?: { defaultVersion?: string } }>("GET", applicationId, API_VERSION, {
        credentials,
    });
    return shown.properties?.defaultVersion;
}

async function upload(url: string, inputs: ApplicationPackageInputs): Promise<void> {
    const { BlockBlobClient } = await import("@azure/storage-blob");
    const folder = fs.statSync(inputs.path).isDirectory();
    const progress = new Progress();
    const stream = folder ? await zipStream(entriesOf(inputs.path)) : fs.createReadStream(inputs.path);
    await new BlockBlobClient(url).uploadStream(stream, PIECE, 4, {
        abortSignal: cancelled,
        onProgress: ({ loadedBytes }) =>
            progress.line(
                () => `package ${inputs.version}: ${Math.round(loadedBytes / PIECE) * 4} MiB uploaded`,
            ),
    });
}

export async function read(
    id: string,
    props: State,
): Promise<{ id?: string; props?: Record<string, unknown> }> {
    try {
        const { properties } = await arm<Shown>("GET", idOf(props), API_VERSION, {
            credentials: props.batchCredentials,
        });
        const isDefault = (await defaultOf(props)) === props.version;
        return { id, props: { ...props, isDefault, active: properties?.state?.toLowerCase() === "active" } };
    } catch (error) {
        if (error instanceof ArmError && error.status === 404) return {};
        throw new Error(explain(error, props), { cause: error });
    }
}

export async function remove(_id: string, props: State): Promise<void> {
    try {
        // The service keeps an application's default version.
        if ((await defaultOf(props)) === props.version) await setDefault({ ...props, isDefault: false });
        await arm("DELETE", idOf(props), API_VERSION, { credentials: props.batchCredentials });
    } catch (error) {
        if (error instanceof ArmError && error.status === 404) return;
        throw new Error(explain(error, props), { cause: error });
    }
}

function explain(error: unknown, inputs: ApplicationPackageInputs): string {
    // An error of the upload may carry the address with its signature.
    const text = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
    const message = text.replace(/([?&]sig=)[^&\s]+/g, "$1...");
    if (error instanceof ArmError && error.status === 403) {
        return `${message}\nWhoever is signed in needs the role "Contributor" or "Azure Batch Account Contributor" on the Batch account.`;
    }
    return `package ${inputs.version}: ${message}`;
}
