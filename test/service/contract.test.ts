import assert from "node:assert/strict";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { skip } from "../support/skip";
import { OpenApi } from "../support/openApi";
import { schemaFaults } from "../support/schemaFaults";
import { answerSchema } from "./lostModels";
import { Service, items } from "./support";
import { servicePool } from "../support/servicePool";

/** A storage account that takes what is put and keeps nothing. */
async function sink(): Promise<{ url: string; close(): void }> {
    const server = createServer((request, response) => {
        request.resume().on("end", () => response.writeHead(201).end());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return {
        url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/logs`,
        close: () => server.close(),
    };
}

/** Asks for every operation that the version has, as a client of that version would. */
async function exercise(service: Service, version: string): Promise<void> {
    const newest = version === "2025-06-01";
    const ask = async (method: string, path: string, body?: unknown) => {
        const sent = method === "POST" && body === undefined ? "" : body;
        return service.call(method, path, sent, { version });
    };
    const until = async (path: string, holds: (state: Record<string, unknown>) => boolean) => {
        for (;;) {
            const { body } = await ask("GET", path);
            if (holds(body)) return;
            await new Promise((resolve) => setTimeout(resolve, 20));
        }
    };

    // Pools and nodes.
    const pool = {
        ...servicePool("pool"),
        targetDedicatedNodes: 2,
        metadata: [{ name: "a", value: "b" }],
        virtualMachineConfiguration: {
            ...servicePool("pool").virtualMachineConfiguration,
            extensions: [
                { name: "kv", publisher: "Microsoft.Azure.Monitor", type: "AzureMonitorLinuxAgent" },
            ],
        },
        startTask: { commandLine: "/bin/sh -c 'echo started'", waitForSuccess: true },
        networkConfiguration: {
            endpointConfiguration: {
                inboundNATPools: [
                    {
                        name: "web",
                        protocol: "tcp",
                        backendPort: 80,
                        frontendPortRangeStart: 50000,
                        frontendPortRangeEnd: 50100,
                    },
                ],
            },
        },
    };
    await ask("POST", "/pools", pool);
    await until("/pools/pool", (found) => found["allocationState"] === "steady");
    await ask("GET", "/pools?$expand=stats");
    await ask("HEAD", "/pools/pool");
    await ask("PATCH", "/pools/pool", { metadata: [{ name: "a", value: "c" }] });
    await ask("POST", "/pools/pool/updateproperties", {
        startTask: { commandLine: "true" },
        metadata: [],
        applicationPackageReferences: [],
        ...(newest ? {} : { certificateReferences: [] }),
    });
    await ask("GET", "/supportedimages");
    await ask("GET", "/nodecounts");
    const nodes = items(await ask("GET", "/pools/pool/nodes"));
    const [node, other] = nodes.map((one) => `/pools/pool/nodes/${String(one["id"])}`);
    assert.ok(node && other);
    for (const one of [node, other]) await until(one, (found) => found["state"] === "idle");
    await ask("GET", `${node}/remoteloginsettings`);
    await ask("POST", `${node}/users`, { name: "me", sshPublicKey: "ssh-rsa AAAA" });
    await ask("PUT", `${node}/users/me`, { sshPublicKey: "ssh-rsa BBBB" });
    await ask("DELETE", `${node}/users/me`);
    await ask("GET", `${node}/extensions`);
    await ask("GET", `${node}/extensions/kv`);
    const storage = await sink();
    await ask("POST", `${node}/uploadbatchservicelogs`, {
        containerUrl: storage.url,
        startTime: "2020-01-01T00:00:00Z",
    });
    storage.close();
    await ask("GET", `${node}/files?recursive=true`);
    await ask("HEAD", `${node}/files/startup/stdout.txt`);
    await ask("GET", `${node}/files/startup/stdout.txt`);
    await ask("DELETE", `${node}/files/startup/stdout.txt`);
    await ask("POST", `${node}/disablescheduling`, { nodeDisableSchedulingOption: "requeue" });
    await ask("POST", `${node}/enablescheduling`);
    await ask("POST", `${node}/reboot`, { nodeRebootOption: "terminate" });
    await until(node, (found) => found["state"] === "idle");
    await ask("POST", `${node}/reimage`, { nodeReimageOption: "requeue" });
    await until(node, (found) => found["state"] === "idle");
    if (newest) {
        await ask("POST", `${other}/deallocate`, { nodeDeallocateOption: "requeue" });
        await until(other, (found) => found["state"] === "deallocated");
        await ask("POST", `${other}/start`);
        await until(other, (found) => found["state"] === "idle");
    } else {
        await ask("GET", `${node}/rdp`);
    }

    // Jobs and tasks.
    const job = {
        id: "job",
        displayName: "a job",
        priority: 5,
        poolInfo: { poolId: "pool" },
        usesTaskDependencies: true,
        jobPreparationTask: { commandLine: "true" },
        jobReleaseTask: { commandLine: "true" },
        commonEnvironmentSettings: [{ name: "A", value: "B" }],
        metadata: [{ name: "k", value: "v" }],
    };
    await ask("POST", "/jobs", job);
    await ask("GET", "/jobs?$expand=stats");
    await ask("GET", "/jobs/job?$expand=stats");
    await ask("PATCH", "/jobs/job", { priority: 7 });
    await ask("PUT", "/jobs/job", { priority: 9, poolInfo: { poolId: "pool" } });
    await ask("POST", "/jobs/job/tasks", {
        id: "one",
        commandLine: "/bin/sh -c 'echo out; exit 1'",
        environmentSettings: [{ name: "A", value: "B" }],
        constraints: { maxTaskRetryCount: 0, retentionTime: "PT1H" },
        resourceFiles: [],
        userIdentity: { autoUser: { scope: "task", elevationLevel: "nonadmin" } },
    });
    await ask("POST", "/jobs/job/addtaskcollection", {
        value: [
            { id: "long", commandLine: "sleep 600" },
            { id: "one", commandLine: "true" },
            { id: "after", commandLine: "true", dependsOn: { taskIds: ["long"] } },
        ],
    });
    await until("/jobs/job/tasks/one", (task) => task["state"] === "completed");
    await until("/jobs/job/tasks/long", (task) => task["state"] === "running");
    await ask("GET", "/jobs/job/tasks?$expand=stats");
    await ask("GET", "/jobs/job/tasks/one?$expand=stats");
    await ask("GET", "/jobs/job/taskcounts");
    await ask("GET", "/jobs/job/tasks/one/subtasksinfo");
    await ask("PUT", "/jobs/job/tasks/long", { constraints: { retentionTime: "PT2H" } });
    await ask("GET", "/jobs/job/tasks/one/files?recursive=true");
    await ask("HEAD", "/jobs/job/tasks/one/files/stdout.txt");
    await ask("GET", "/jobs/job/tasks/one/files/stdout.txt");
    await ask("DELETE", "/jobs/job/tasks/one/files/stdout.txt");
    await ask("GET", "/pools/pool/nodes");
    await ask("POST", "/jobs/job/tasks/long/terminate");
    await until("/jobs/job/tasks/long", (task) => task["state"] === "completed");
    await ask("POST", "/jobs/job/tasks/one/reactivate");
    await ask("DELETE", "/jobs/job/tasks/after");
    await ask("POST", "/jobs/job/disable", { disableTasks: "wait" });
    await until("/jobs/job", (found) => found["state"] === "disabled");
    await ask("POST", "/jobs/job/enable");
    await until("/jobs/job", (found) => found["state"] === "active");
    await ask("POST", "/jobs/job/terminate", { terminateReason: "enough" });
    await until("/jobs/job", (found) => found["state"] === "completed");
    await ask("GET", "/jobs/job/jobpreparationandreleasetaskstatus");
    await ask("DELETE", "/jobs/job");

    // Job schedules.
    await ask("POST", "/jobschedules", {
        id: "nightly",
        schedule: { recurrenceInterval: "PT24H", startWindow: "PT1H" },
        jobSpecification: { poolInfo: { poolId: "pool" }, priority: 1 },
    });
    await until("/jobschedules/nightly", (found) => found["executionInfo"] !== undefined);
    await ask("GET", "/jobschedules?$expand=stats");
    await ask("GET", "/jobschedules/nightly?$expand=stats");
    await ask("HEAD", "/jobschedules/nightly");
    await ask("GET", "/jobschedules/nightly/jobs");
    await ask("PATCH", "/jobschedules/nightly", { metadata: [{ name: "a", value: "b" }] });
    await ask("PUT", "/jobschedules/nightly", {
        schedule: { recurrenceInterval: "PT12H" },
        jobSpecification: { poolInfo: { poolId: "pool" } },
    });
    await ask("POST", "/jobschedules/nightly/disable");
    await ask("POST", "/jobschedules/nightly/enable");
    await ask("POST", "/jobschedules/nightly/terminate");
    await ask("DELETE", "/jobschedules/nightly");

    // Autoscale, sizes, the end.
    const autoScaleFormula = "$TargetDedicatedNodes = 1;";
    await ask("POST", "/pools/pool/enableautoscale", {
        autoScaleFormula,
        autoScaleEvaluationInterval: "PT10M",
    });
    await until("/pools/pool", (found) => found["autoScaleRun"] !== undefined);
    await ask("POST", "/pools/pool/evaluateautoscale", { autoScaleFormula });
    await until("/pools/pool", (found) => found["allocationState"] === "steady");
    await ask("POST", "/pools/pool/disableautoscale");
    await ask("POST", "/pools/pool/resize", { targetDedicatedNodes: 2 });
    await ask("POST", "/pools/pool/stopresize");
    await until("/pools/pool", (found) => found["allocationState"] === "steady");
    const left = items(await ask("GET", "/pools/pool/nodes"));
    await ask("POST", "/pools/pool/removenodes", { nodeList: left.map((one) => String(one["id"])) });
    await ask("GET", "/poolusagemetrics?starttime=2020-01-01T00:00:00Z");
    await ask("DELETE", "/pools/pool");
    await ask("GET", "/applications");
    await ask("GET", "/applications/ffmpeg");
    if (!newest) {
        const one = "/certificates(thumbprintAlgorithm=sha1,thumbprint=00)";
        await ask("GET", "/certificates");
        await ask("POST", "/certificates", { thumbprint: "00", thumbprintAlgorithm: "sha1", data: "" });
        await ask("GET", one);
        await ask("DELETE", one);
        await ask("POST", `${one}/canceldelete`);
    }
}

/** Operations of older versions that the service refuses today. */
const refusedToday: Record<string, string> = {
    "/certificates": "CertificateRetired",
    "/rdp": "OperationNotValidOnNode",
};

/** Documents are at hand of two versions; the older of them stands for those before it. */
const documents: Readonly<Record<string, string>> = {
    "2020-09-01.12.0": "2024-02-01.19.0",
    "2022-10-01.16.0": "2024-02-01.19.0",
    "2024-02-01.19.0": "2024-02-01.19.0",
    "2025-06-01": "2025-06-01",
};

for (const [version, document] of Object.entries(documents)) {
    describe(`contract of the data plane ${version}`, function () {
        this.timeout(60_000);
        let api: OpenApi;
        let service: Service;
        before(async function () {
            const found = OpenApi.read(`data-plane-${document}`);
            if (!found) skip(this, "the published specifications are not at hand");
            api = found;
            service = await Service.open();
            const base =
                "/subscriptions/s/resourcegroups/g/providers/microsoft.batch/batchaccounts/acct/applications";
            const now = { createdAt: 0, lastModified: 0, eTag: "0x1", id: base };
            for (const [key, name, properties] of [
                [`${base}/ffmpeg`, "ffmpeg", { displayName: "FFmpeg" }],
                [`${base}/ffmpeg/versions/7.1`, "7.1", { state: "Active" }],
            ] as const) {
                const type = name === "ffmpeg" ? "applications" : "versions";
                service.store.resources.put({ ...now, key, name, type, body: { properties } });
            }
            await exercise(service, version);
        });
        after(async () => {
            await (service as Service | undefined)?.close();
        });

        it("covers every operation with requests and answers that the specification allows", () => {
            const faults: string[] = [];
            const exercised = new Map<string, number>();
            for (const { method, path, body, answer } of service.calls) {
                const operation = api.find(method, path);
                if (!operation) {
                    faults.push(`${method} ${path} is not in the specification`);
                    continue;
                }
                const { key } = operation;
                exercised.set(key, (exercised.get(key) ?? 0) + 1);
                const refused = Object.entries(refusedToday).find(([part]) => path.includes(part))?.[1];
                if (refused) {
                    if (String(answer.body["code"]) !== refused) faults.push(`${key}: ${answer.text}`);
                    continue;
                }
                if (!operation.answers.has(answer.status)) {
                    faults.push(`${key}: ${answer.status} ${answer.text}`);
                    continue;
                }
                if (operation.request && body !== undefined && body !== "") {
                    faults.push(
                        ...schemaFaults(api, operation.request, body).map((one) => `${key} request ${one}`),
                    );
                }
                const schema = answerSchema(api, operation);
                if (schema) {
                    const wrong = schemaFaults(api, schema, answer.body);
                    faults.push(...wrong.map((one) => `${key} answer ${one}`));
                }
                if (!answer.headers.get("request-id")) faults.push(`${key}: no request-id`);
            }
            const missing = api.operations.filter(({ key }) => !exercised.has(key));
            const { length } = api.operations;
            console.log(`      data plane ${version}: ${length - missing.length} of ${length} operations`);
            for (const { key } of version === document ? api.operations : []) {
                console.log(`        ${exercised.has(key) ? "covered    " : "NOT COVERED"} ${key}`);
            }
            assert.deepEqual([...new Set(faults)], []);
            assert.deepEqual(
                missing.map(({ key }) => key),
                [],
            );
            assert.deepEqual(service.errors, []);
        });
    });
}
