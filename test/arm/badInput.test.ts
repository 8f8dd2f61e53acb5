import assert from "node:assert/strict";
import { refusesEach } from "../support/mutations";
import type { Mutation } from "../support/mutations";
import { OpenApi } from "../support/openApi";
import { skip } from "../support/skip";
import { arm, at, newAccount, newGroup, newStorage, poolBody } from "./given";
import type { Answer, Arm, Json } from "./given";

const version = "2025-06-01";

/** Everything that is wrong with the form of a refusal. */
function faultsOf({ status, body, headers }: Answer): string[] {
    const code = at(body, "error", "code");
    const message = at(body, "error", "message");
    const details = (at(body, "error", "details") ?? []) as Json[];
    return [
        ...(status < 500 || status === 501 ? [] : [`${status}`]),
        ...(typeof code === "string" && /^[A-Z]\w+$/.test(code) ? [] : [`code ${String(code)}`]),
        ...(typeof message === "string" && message.length > 10 && message.length < 5_000
            ? []
            : ["no message"]),
        ...(details.every((one) => typeof one["code"] === "string" && typeof one["message"] === "string")
            ? []
            : ["details"]),
        ...(headers["x-ms-request-id"] ? [] : ["no x-ms-request-id"]),
    ];
}

/** What the answer has to be, or why it is not. */
function verdict({ at: place, what }: Mutation, answer: Answer): string | undefined {
    const { status, body } = answer;
    if (status >= 400) {
        const faults = faultsOf(answer);
        if (faults.length > 0) return faults.join(", ");
    }
    const code = String(at(body, "error", "code"));
    const text = JSON.stringify(body);
    const property =
        place
            .replace(/\[0\]$/, "")
            .split(".")
            .at(-1) ?? "";
    switch (what) {
        case "type":
        case "format":
        case "enum":
            if (status !== 400) return `${status} ${code}`;
            return place === "" || text.includes(property) ? undefined : `names not ${property}: ${text}`;
        case "missing":
            if (status !== 400) return `${status} ${code}`;
            return text.includes(property) ? undefined : `names not ${property}: ${text}`;
        default:
            return undefined;
    }
}

describe("resource manager, bad input", function () {
    this.timeout(process.env["FULL"] ? 900_000 : 240_000);
    let client: Arm;
    let account: string;
    let placeOf: (path: string) => string;
    before(async () => {
        client = await arm();
        const group = await newGroup(client);
        const storage = await newStorage(client, group);
        account = await newAccount(client, group, { autoStorage: { storageAccountId: storage } });
        await client.call("PUT", `${account}/applications/tool?api-version=${version}`, {});
        await client.call("PUT", `${account}/pools/pool?api-version=${version}`, poolBody());
        const there: Readonly<Record<string, string>> = {
            subscriptionId: client.subscription,
            resourceGroupName: group.split("/").at(-1) ?? "",
            accountName: account.split("/").at(-1) ?? "",
            applicationName: "tool",
            versionName: "1",
            poolName: "pool",
            locationName: "westeurope",
        };
        placeOf = (path) => path.replace(/\{(\w+)\}/g, (_, name: string) => there[name] ?? "none");
    });

    const right = {
        location: "westeurope",
        vmSize: "Standard_D2s_v5",
        id: "/subscriptions/s/resourceGroups/g/providers/Microsoft.Batch/batchAccounts/a/applications/tool",
        DeploymentConfiguration: at(poolBody(), "properties", "deploymentConfiguration"),
        ScaleSettings: at(poolBody(), "properties", "scaleSettings"),
        AutoScaleSettings: { formula: "$TargetDedicatedNodes = 0;" },
        ResourceFile: { httpUrl: "http://127.0.0.1:1/x", filePath: "x" },
    };

    it("refuses each property of each body that is missing, of a wrong type, value or form", async function () {
        const api = OpenApi.read(`resource-manager-${version}`);
        if (!api) skip(this, "the published specifications are not at hand");
        await refusesEach(api, right, async ({ method, path }, mutation) => {
            const target = `${placeOf(path)}?api-version=${version}`;
            const answer = await client.call(method, target, JSON.stringify(mutation.body));
            client.exchanges.length = 0;
            return verdict(mutation, answer);
        });
        for (const path of [account, `${account}/pools`, `${account}/applications`])
            assert.equal((await client.call("GET", `${path}?api-version=${version}`)).status, 200);
    });

    it("refuses what is no JSON, no object, too deep or too large", async function () {
        const api = OpenApi.read(`resource-manager-${version}`);
        if (!api) skip(this, "the published specifications are not at hand");
        const bodies: [string, string, number][] = [
            ["half an object", '{"properties":', 400],
            ["two objects", "{}{}", 400],
            ["null", "null", 400],
            ["a list", "[]", 400],
            ["great depth", `{"properties":${"[".repeat(200_000)}${"]".repeat(200_000)}}`, 400],
            ["a body beyond four megabytes", JSON.stringify({ x: "x".repeat(4_300_000) }), 413],
        ];
        const wrong: string[] = [];
        for (const { method, path, request } of api.operations) {
            if (!request) continue;
            for (const [what, body, status] of bodies) {
                const answer = await client.call(method, `${placeOf(path)}?api-version=${version}`, body);
                client.exchanges.length = 0;
                const faults = answer.status < 400 ? [] : faultsOf(answer);
                if (answer.status !== status || faults.length > 0)
                    wrong.push(`${method} ${path}, ${what}: ${answer.status} ${faults.join(", ")}`);
            }
        }
        assert.deepEqual(wrong, []);
    });

    it("refuses strange names and queries of every operation, and finds nothing where nothing is", async function () {
        const api = OpenApi.read(`resource-manager-${version}`);
        if (!api) skip(this, "the published specifications are not at hand");
        const names = ["x".repeat(500), "%00", "a%20b", "__proto__", "%", "%zz", "\u00e9", "a%2fb", "none"];
        const queries = [
            "$filter=((((",
            "$select=__proto__",
            "maxresults=-1",
            "maxresults=x",
            "$skiptoken=x",
            "$skipToken=x",
        ];
        const wrong: string[] = [];
        const ask = async (method: string, target: string, headers?: Record<string, string>) => {
            const body = method === "GET" || method === "DELETE" ? undefined : "{}";
            const answer = await client.call(method, encodeURI(target).replaceAll("%25", "%"), body, headers);
            client.exchanges.length = 0;
            const faults = answer.status < 400 ? [] : faultsOf(answer);
            if (faults.length > 0) wrong.push(`${method} ${target.slice(0, 90)}: ${faults.join(", ")}`);
            return answer.status;
        };
        for (const { method, path } of api.operations) {
            const parameters = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? "");
            for (const parameter of parameters) {
                for (const name of names) {
                    const target = placeOf(path.replace(`{${parameter}}`, name));
                    const status = await ask(method, `${target}?api-version=${version}`);
                    const found = status < 300 && method === "GET" && parameter !== "locationName";
                    if (found && !/^[\w-]{1,64}$/.test(name)) wrong.push(`${method} ${target}: ${status}`);
                }
            }
            if (method === "DELETE") continue;
            for (const query of queries)
                await ask(method, `${placeOf(path)}?api-version=${version}&${query}`);
            for (const headers of [{ "If-Match": "x" }, { "If-None-Match": "x" }] as Record<string, string>[])
                await ask(method, `${placeOf(path)}?api-version=${version}`, headers);
        }
        assert.deepEqual([...new Set(wrong)], []);
    });
});
