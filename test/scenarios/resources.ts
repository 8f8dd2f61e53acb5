import { zipSync } from "fflate";
import { batchVersion } from "../../local/cli/client";
import { type Answer, type Body, type Local } from "./local";
import { servicePool } from "../support/servicePool";

const versions: Record<string, string> = {
    "Microsoft.Batch": batchVersion,
    "Microsoft.KeyVault": "2023-07-01",
    "Microsoft.ManagedIdentity": "2023-01-31",
};

/** The resource manager of a Batch Local, and the data planes that its resources have; spoken to with tokens. */
export class Resources {
    private readonly tokens = new Map<string, string>();

    constructor(readonly local: Local) {}

    get group(): string {
        const { accounts } = this.local.service;
        const { subscriptionId } = this.local.service;
        const mine = accounts.find(({ name }) => name === this.local.account.name);
        return `/subscriptions/${subscriptionId}/resourceGroups/${mine?.resourceGroup ?? ""}`;
    }

    get account(): string {
        return `${this.group}/providers/Microsoft.Batch/batchAccounts/${this.local.account.name}`;
    }

    async send(method: string, path: string, body?: unknown): Promise<Answer> {
        const version = Object.entries(versions).find(([provider]) => path.includes(provider))?.[1];
        const url = new URL(
            `${this.local.service.endpoints.resourceManager}${path}?api-version=${version ?? ""}`,
        );
        return this.ask(method, url, "https://management.azure.com", body);
    }

    /** A request that is to succeed, and the resource once it is there. */
    async put(path: string, body: unknown): Promise<Body> {
        const answer = await this.send("PUT", path, body);
        if (answer.status >= 400) throw new Error(`PUT ${path}: ${answer.status} ${answer.text}`);
        return this.local.until(`${path} is there`, async () => {
            const { body: now } = await this.send("GET", path);
            return String(now["properties"]?.["provisioningState"] ?? "Succeeded") === "Succeeded" && now;
        });
    }

    async ask(method: string, url: URL, audience: string, body?: unknown): Promise<Answer> {
        const text = body === undefined ? "" : JSON.stringify(body);
        const headers = {
            authorization: `Bearer ${await this.token(audience)}`,
            "content-type": "application/json",
            "content-length": String(Buffer.byteLength(text)),
        };
        return this.local.request(method, url, headers, text);
    }

    private async token(audience: string): Promise<string> {
        const known = this.tokens.get(audience);
        if (known !== undefined) return known;
        const { tenantId, client } = this.local.secrets;
        const form = new URLSearchParams({
            grant_type: "client_credentials",
            client_id: client.clientId,
            client_secret: client.clientSecret,
            scope: `${audience}/.default`,
        }).toString();
        const url = new URL(`${this.local.service.endpoints.resourceManager}/${tenantId}/oauth2/v2.0/token`);
        const headers = { "content-type": "application/x-www-form-urlencoded" };
        const { body } = await this.local.request("POST", url, headers, form);
        const token = String(body["access_token"]);
        this.tokens.set(audience, token);
        return token;
    }

    /** An identity that pools can be given. */
    async identity(name: string): Promise<{ id: string; clientId: string }> {
        const id = `${this.group}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/${name}`;
        const made = await this.put(id, { location: "westus2" });
        return { id, clientId: String(made["properties"]?.["clientId"]) };
    }

    /** A key vault; the address of its own endpoint, no final slash. */
    async vault(name: string): Promise<string> {
        const id = `${this.group}/providers/Microsoft.KeyVault/vaults/${name}`;
        const { tenantId } = this.local.secrets;
        const properties = {
            tenantId,
            sku: { family: "A", name: "standard" },
            enableRbacAuthorization: true,
        };
        const made = await this.put(id, { location: "westus2", properties });
        return String(made["properties"]?.["vaultUri"]).replace(/\/+$/, "");
    }

    /** A request to a vault's own endpoint that is to succeed. */
    async vaultAsk(method: string, address: string, body?: unknown): Promise<Body> {
        const answer = await this.ask(
            method,
            new URL(`${address}?api-version=7.4`),
            "https://vault.azure.net",
            body,
        );
        if (answer.status >= 400) throw new Error(`${method} ${address}: ${answer.status} ${answer.text}`);
        return answer.body;
    }

    /** A pool that the resource manager makes; `properties` and the rest of the body as given. */
    pool(
        id: string,
        change: { properties?: object; identity?: object; machine?: object } = {},
    ): Promise<Body> {
        const { virtualMachineConfiguration, vmSize } = servicePool(id);
        const { nodeAgentSKUId: nodeAgentSkuId, ...machine } = virtualMachineConfiguration;
        return this.put(`${this.account}/pools/${id}`, {
            ...(change.identity && { identity: change.identity }),
            properties: {
                vmSize,
                deploymentConfiguration: {
                    virtualMachineConfiguration: { ...machine, nodeAgentSkuId, ...change.machine },
                },
                scaleSettings: { fixedScale: { targetDedicatedNodes: 1 } },
                ...change.properties,
            },
        });
    }

    /** A package with these files, uploaded and activated; the first one of an application makes that too. */
    async applicationPackage(name: string, version: string, files: Record<string, string>): Promise<void> {
        const application = `${this.account}/applications/${name}`;
        if ((await this.send("GET", application)).status === 404) await this.put(application, {});
        const path = `${application}/versions/${version}`;
        const made = await this.send("PUT", path, {});
        const zip = zipSync(
            Object.fromEntries(Object.entries(files).map(([file, text]) => [file, Buffer.from(text)])),
        );
        const url = new URL(String(made.body["properties"]?.["storageUrl"]));
        const headers = { "x-ms-blob-type": "BlockBlob", "content-length": String(zip.length) };
        const sent = await this.local.request("PUT", url, headers, Buffer.from(zip));
        if (sent.status !== 201) throw new Error(`PUT ${path}: ${sent.status} ${sent.text}`);
        const active = await this.send("POST", `${path}/activate`, { format: "zip" });
        if (active.status !== 200) throw new Error(`POST ${path}/activate: ${active.status} ${active.text}`);
    }

    async defaultVersion(name: string, defaultVersion: string): Promise<void> {
        const path = `${this.account}/applications/${name}`;
        const answer = await this.send("PATCH", path, { properties: { defaultVersion } });
        if (answer.status !== 200) throw new Error(`PATCH ${path}: ${answer.status} ${answer.text}`);
    }
}
