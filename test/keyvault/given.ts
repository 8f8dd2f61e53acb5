import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { serve } from "../../local/cli/serve";
import { Arm, at, type Answer, type Json } from "../arm/given";

export { at };
export type { Answer, Json };

export const armVersion = "api-version=2024-11-01";

/** The whole service on a directory of its own, which can be closed and opened again. */
export class House {
    arm: Arm | undefined;
    readonly folder = mkdtempSync(path.join(tmpdir(), "batchlocal-vaults-"));

    async open(): Promise<Arm> {
        const service = await serve({
            dataDirectory: this.folder,
            inMemory: false,
            host: "127.0.0.1",
            speed: 1,
            skipApiVersionCheck: false,
            elevation: "as-me",
            region: "westeurope",
        });
        return (this.arm = new Arm(service));
    }

    async shut(): Promise<void> {
        this.arm?.close();
        await this.arm?.service.close();
        this.arm = undefined;
    }

    async close(): Promise<void> {
        await this.shut();
        rmSync(this.folder, { recursive: true, force: true });
    }
}

export function vaultId(arm: Arm, name: string, group = "batchlocal"): string {
    return `/subscriptions/${arm.subscription}/resourceGroups/${group}/providers/Microsoft.KeyVault/vaults/${name}`;
}

const scope = "https://vault.azure.net/.default";

/** A client of one vault that does nothing but sign and parse. */
export class VaultClient {
    private constructor(
        readonly arm: Arm,
        readonly uri: string,
    ) {}

    static async make(arm: Arm, name: string, properties: Json = {}): Promise<VaultClient> {
        const made = await arm.call("PUT", `${vaultId(arm, name)}?${armVersion}`, {
            location: "westeurope",
            properties: { sku: { family: "A", name: "standard" }, ...properties },
        });
        if (made.status !== 200) throw new Error(JSON.stringify(made.body));
        return VaultClient.of(arm, String(at(made.body, "properties", "vaultUri")));
    }

    static of(arm: Arm, uri: string): VaultClient {
        return new VaultClient(arm, uri);
    }

    token(): Promise<string> {
        return this.arm.token(scope);
    }

    async call(method: string, target: string, body?: unknown, version = "7.4"): Promise<Answer> {
        const authorization = `Bearer ${await this.arm.kept(scope)}`;
        return this.raw(method, target, body, { authorization }, version);
    }

    raw(
        method: string,
        target: string,
        body: unknown,
        headers: Record<string, string>,
        version = "7.4",
    ): Promise<Answer> {
        const url = target.startsWith("https:")
            ? target
            : `${this.uri}${target}${target.includes("?") ? "&" : "?"}api-version=${version}`;
        return this.arm.raw(method, url, {
            headers: { "content-type": "application/json", ...headers },
            ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
        });
    }

    async must(status: number, method: string, target: string, body?: unknown): Promise<Json> {
        const answer = await this.call(method, target, body);
        if (answer.status !== status) {
            throw new Error(`${method} ${target}: ${answer.status} ${JSON.stringify(answer.body)}`);
        }
        return answer.body;
    }

    /** Status, code and inner code of an answer, such as `403 Forbidden SecretDisabled`. */
    async refusal(method: string, target: string, body?: unknown, version?: string): Promise<string> {
        return refusalOf(await this.call(method, target, body, version));
    }

    async all(target: string): Promise<{ items: Json[]; pages: number[] }> {
        const [items, pages]: [Json[], number[]] = [[], []];
        let next: string | undefined = target;
        while (next) {
            const { value, nextLink } = await this.must(200, "GET", next);
            items.push(...(value as Json[]));
            pages.push((value as Json[]).length);
            next = (nextLink as string | null) ?? undefined;
        }
        return { items, pages };
    }
}

export function refusalOf({ status, body }: Answer): string {
    return [status, at(body, "error", "code"), at(body, "error", "innererror", "code")]
        .filter(Boolean)
        .join(" ");
}

export function nameOf(item: Json): string {
    return String(item["id"] ?? item["kid"])
        .split("/")
        .slice(4, 5)
        .join();
}
