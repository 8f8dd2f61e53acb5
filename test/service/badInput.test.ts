import assert from "node:assert/strict";
import { errorCodes } from "../../catalog";
import { refusesEach } from "../support/mutations";
import type { Mutation } from "../support/mutations";
import { OpenApi } from "../support/openApi";
import { skip } from "../support/skip";
import { Service, codeOf, items } from "./support";
import type { Answer, Body } from "./support";
import { servicePool } from "../support/servicePool";

const document = "data-plane-2025-06-01";
const codes: Readonly<Record<string, { status: number }>> = {
    ...errorCodes,
    // Documented as 404, answered as 409 (recorded).
    JobPreparationTaskNotSpecified: { status: 409 },
};

let count = 0;
const right = {
    id: () => `made${count++}`,
    poolId: "pool",
    vmSize: "Standard_D2s_v5",
    autoScaleFormula: "$TargetDedicatedNodes = 0;",
    BatchPoolInfo: { poolId: "pool" },
    VirtualMachineConfiguration: servicePool("x").virtualMachineConfiguration,
    OutputFileDestination: { container: { containerUrl: "http://127.0.0.1:1/x" } },
    ResourceFile: { httpUrl: "http://127.0.0.1:1/x", filePath: "x" },
    UserIdentity: { username: "u" },
    containerUrl: "http://127.0.0.1:1/x",
    nodeList: ["none"],
};

/** What is asked for stands for one that is there, where one can be. */
const there: Readonly<Record<string, string>> = {
    jobId: "job",
    taskId: "task",
    poolId: "pool",
    jobScheduleId: "nightly",
    userName: "me",
};

const placeOf = (path: string) => path.replace(/\{(\w+)\}/g, (_, name: string) => there[name] ?? "none");

/** Everything that is wrong with the form of a refusal. */
function faultsOf({ status, body, headers, text }: Answer): string[] {
    const code = String(body["code"]);
    const message = body["message"] as unknown as { lang?: string; value?: string } | undefined;
    const values = (body["values"] ?? []) as unknown as { key?: unknown; value?: unknown }[];
    return [
        ...(codes[code]?.status === status ? [] : [`${status} ${code} is no code of the service`]),
        ...(message?.lang === "en-US" ? [] : ["no lang"]),
        ...(/\nRequestId:[0-9a-f-]{36}\nTime:\d{4}-/.test(message?.value ?? "")
            ? []
            : ["no RequestId and Time"]),
        ...(/#Microsoft\.Azure\.Batch\.Protocol\.Entities\.Container\.errors\/@Element$/.test(
            String(body["odata.metadata"]),
        )
            ? []
            : ["no odata.metadata"]),
        ...(values.every(({ key, value }) => typeof key === "string" && typeof value === "string")
            ? []
            : ["values"]),
        ...(headers.get("request-id") ? [] : ["no request-id"]),
        ...(text.length < 5_000 ? [] : [`${text.length} characters`]),
    ];
}

const valueOf = (body: Body, key: string) =>
    (body["values"] as unknown as { key: string; value: string }[] | undefined)?.find(
        (one) => one.key === key,
    )?.value ?? "";

/** What the answer has to be, or why it is not. */
function verdict({ at, what }: Mutation, answer: Answer): string | undefined {
    const { status, body } = answer;
    if (status >= 400) {
        const faults = faultsOf(answer);
        if (faults.length > 0) return faults.join(", ");
    }
    if (status >= 500 && status !== 503) return "the service's own fault";
    const property =
        at
            .replace(/\[0\]$/, "")
            .split(".")
            .at(-1) ?? "";
    const code = `${status} ${String(body["code"])}`;
    switch (what) {
        case "type":
        case "format":
            if (code !== "400 InvalidRequestBody") return code;
            return valueOf(body, "Reason").includes(at === "" ? "body" : property)
                ? undefined
                : `names not ${property}: ${valueOf(body, "Reason")}`;
        case "unknown":
            if (code !== "400 InvalidRequestBody") return code;
            return valueOf(body, "Reason").includes("colour") ? undefined : valueOf(body, "Reason");
        case "missing":
            if (code !== "400 MissingRequiredProperty") return code;
            return valueOf(body, "PropertyName") === property ? undefined : valueOf(body, "PropertyName");
        case "enum":
            if (code !== "400 InvalidPropertyValue") return code;
            return valueOf(body, "PropertyName") === property ? undefined : valueOf(body, "PropertyName");
        default:
            return undefined;
    }
}

/** What is wrong with one task of a collection is told of that task. */
function unwrapped(path: string, answer: Answer): Answer {
    const [first] = path.endsWith("/addtaskcollection") && answer.status === 200 ? items(answer) : [];
    const error = first?.["error"];
    if (!error) return answer;
    const body = {
        "odata.metadata": "#Microsoft.Azure.Batch.Protocol.Entities.Container.errors/@Element",
        ...error,
    };
    const text = JSON.stringify(error);
    return {
        ...answer,
        text,
        status: codes[String(error["code"])]?.status ?? 0,
        body: body as unknown as Body,
    };
}

describe("data plane, bad input", function () {
    this.timeout(process.env["FULL"] ? 900_000 : 120_000);
    let service: Service;
    before(async () => {
        // No cores: whatever is accepted, nothing is ever run.
        const quotas = { dedicatedCores: 0, spotCores: 0, pools: 1e6, activeJobsAndSchedules: 1e6 };
        service = await Service.open({ quotas });
        await service.post("/pools", { ...servicePool("pool"), targetDedicatedNodes: 0 });
        await service.post("/jobs", { id: "job", poolInfo: { poolId: "pool" } });
        await service.post("/jobs/job/tasks", { id: "task", commandLine: "true" });
        const jobSpecification = { poolInfo: { poolId: "none" } };
        const schedule = { doNotRunUntil: "2100-01-01T00:00:00Z" };
        await service.post("/jobschedules", { id: "nightly", schedule, jobSpecification });
    });
    after(() => service.close());

    it("refuses each property of each body that is missing, unknown, of a wrong type, value or form", async function () {
        const api = OpenApi.read(document);
        if (!api) skip(this, "the published specifications are not at hand");
        await refusesEach(api, right, async ({ method, path }, mutation) => {
            const answer = await service.call(method, placeOf(path), JSON.stringify(mutation.body));
            service.calls.length = 0;
            return verdict(mutation, unwrapped(path, answer));
        });
        assert.deepEqual(service.errors, []);
        for (const list of ["/pools", "/jobs", "/jobschedules", "/jobs/job/tasks"])
            assert.equal((await service.get(list)).status, 200);
    });

    it("refuses what is no JSON, no object, too deep, too large or without a length", async function () {
        const api = OpenApi.read(document);
        if (!api) skip(this, "the published specifications are not at hand");
        const bodies: [string, string | Uint8Array<ArrayBuffer>, string][] = [
            ["half an object", '{"id":', "400 InvalidRequestBody"],
            ["two objects", "{}{}", "400 InvalidRequestBody"],
            ["a comment", "{} // x", "400 InvalidRequestBody"],
            ["NaN", '{"id":NaN}', "400 InvalidRequestBody"],
            ["null", "null", "400 InvalidRequestBody"],
            ["a control character", '{"id":"\u0001"}', "400 InvalidRequestBody"],
            ["no UTF-8", Uint8Array.from([0x7b, 0xff, 0xfe, 0x7d]), "400 InvalidRequestBody"],
            ["XML", "<Job/>", "400 InvalidRequestBody"],
            ["great depth", `{"x":${"[".repeat(200_000)}${"]".repeat(200_000)}}`, "400 InvalidRequestBody"],
            [
                "a body beyond a megabyte",
                JSON.stringify({ id: "x".repeat(1_100_000) }),
                "413 RequestBodyTooLarge",
            ],
        ];
        const wrong: string[] = [];
        for (const { method, path, request } of api.operations) {
            if (!request) continue;
            for (const [what, body, expected] of bodies) {
                const answer = await service.call(method, placeOf(path), body);
                service.calls.length = 0;
                const faults = faultsOf(answer);
                if (codeOf(answer) !== expected || faults.length > 0)
                    wrong.push(`${method} ${path}, ${what}: ${codeOf(answer)} ${faults.join(", ")}`);
            }
        }
        assert.deepEqual(wrong, []);
        assert.deepEqual(service.errors, []);
    });

    it("refuses strange ids, queries and headers of every operation, and finds nothing where nothing is", async function () {
        const api = OpenApi.read(document);
        if (!api) skip(this, "the published specifications are not at hand");
        const ids = [
            "x".repeat(5_000),
            "%00",
            "%2e%2e",
            "a%20b",
            "__proto__",
            "%",
            "%zz",
            "\u00e9",
            "job%2fx",
        ];
        const queries = ["$filter=%00", "$filter=((((", "$select=__proto__", "$expand=x", "maxresults=-1", "maxresults=x", "$skiptoken=x", "starttime=x", "timeOut=-1", "recursive=x", "x=%zz"]; // prettier-ignore
        const headers: Record<string, string>[] = [
            { "If-Match": "x", "If-None-Match": "x" },
            { "If-Modified-Since": "yesterday" },
            { "ocp-range": "bytes=9-1" },
            { "ocp-date": "x" },
            { "client-request-id": "x".repeat(5_000), "return-client-request-id": "true" },
            { "Content-Encoding": "gzip" },
            { "Content-Type": "text/plain" },
        ];
        const wrong: string[] = [];
        const ask = async (method: string, path: string, given: Record<string, string> = {}) => {
            const sent = method === "GET" || method === "HEAD" ? undefined : "{}";
            const answer = await service.call(method, path, sent, { headers: given });
            service.calls.length = 0;
            const faults = answer.status < 400 || method === "HEAD" ? [] : faultsOf(answer);
            if (answer.status >= 500 || faults.length > 0)
                wrong.push(
                    `${method} ${path.slice(0, 80)} ${JSON.stringify(given).slice(0, 60)}: ${faults.join(", ")}`,
                );
            return answer;
        };
        for (const { method, path } of api.operations) {
            for (const id of ids) await ask(method, path.replace(/\{\w+\}/g, id));
            if (method === "DELETE" || path.endsWith("/terminate")) continue;
            for (const query of queries) await ask(method, `${placeOf(path)}?${query}`);
            for (const given of headers) await ask(method, placeOf(path), given);
            if (!path.includes("{") || method !== "GET") continue;
            const { status } = await ask(method, path.replace(/\{\w+\}/g, "none"));
            if (status !== 404) wrong.push(`${method} ${path} of what is not there: ${status}`);
        }
        assert.deepEqual([...new Set(wrong)], []);
        assert.deepEqual(service.errors, []);
    });
});
