import * as assert from "node:assert/strict";
import {
    goodJob,
    goodOwnPool,
    goodSchedule,
    goodTask,
    JOB,
    jobWithOwnPool,
    POOL,
    SCHEDULE,
    TASK,
} from "./support/estate";
import type { Judgement, Properties } from "./support/judge";
import { changed, judge, remedy, UNKNOWN, urnOf } from "./support/judge";

const rules = ({ findings }: Judgement): string[] => findings.map(({ rule }) => rule);
const one = (type: string, properties: Properties, rule?: string): Promise<Judgement> =>
    judge([{ type, properties }], { rule });
const SPECIFICATION = "jobSchedule.jobSpecification";

describe("the jobs of a schedule", () => {
    const bad = {
        constraints: { maxTaskRetryCount: -1 },
        priority: 1000,
        commonEnvironmentSettings: [{ name: "API_KEY", value: "abcdef123" }],
        jobManagerTask: {
            commandLine: "plan",
            containerSettings: { imageName: "python:3" },
            constraints: { retentionTime: "P30D" },
            resourceFiles: [{ httpUrl: "https://a/f?se=2026-01-01&sig=c2lnbmF0dXJlLXNpZ25hdHVyZQ%3D%3D" }],
        },
    };

    it("are judged by every rule about jobs, at the schedule", async () => {
        const { findings } = await one(SCHEDULE, changed(goodSchedule, { [SPECIFICATION]: bad }));
        assert.deepEqual(
            findings.map(({ rule }) => rule).sort(),
            [
                "configure-container-digests",
                "configure-priority",
                "configure-retention",
                "configure-retries",
                "configure-sas-lifetime",
                "configure-wall-clock",
                "disallow-secrets",
            ].map((name) => `azure-batch-job-${name}`),
        );
        assert.match(
            findings.map(({ message }) => message).join(),
            /job\.constraints\.maxTaskRetryCount is -1/,
        );
        for (const { urn } of findings) assert.equal(urn, urnOf(SCHEDULE, "it"));
    });

    for (const path of ["jobSchedule", SPECIFICATION]) {
        it(`are not judged when they are not known yet: ${path}`, async () => {
            const result = await one(SCHEDULE, changed(goodSchedule, { [path]: UNKNOWN }));
            assert.deepEqual(result.findings, []);
            assert.match(result.said.join(), /not known yet: it: job(, it: jobSchedule)?$/);
        });
    }

    it("are none where the schedule says nothing of them", async () => {
        assert.deepEqual(rules(await one(SCHEDULE, {}, "azure-batch-job-configure-retries")), []);
    });

    it("belong to this project's schedules alone", async () => {
        const faulty = changed(goodSchedule, { [SPECIFICATION]: bad });
        assert.deepEqual(rules(await one("other:index:JobSchedule", faulty)), []);
    });
});

describe("a single task", () => {
    it("is judged by its profile", async () => {
        const faulty = changed(goodTask, {
            profile: {
                tasks: 1,
                withoutWallClock: 1,
                maxRetries: -1,
                secrets: ["task merge, command line: x"],
            },
        });
        assert.deepEqual(rules(await one(TASK, faulty)), [
            "azure-batch-task-configure-wall-clock",
            "azure-batch-task-configure-retries",
            "azure-batch-task-disallow-secrets",
        ]);
    });
});

describe("a pool that the service makes for a job", () => {
    const MACHINE = "virtualMachineConfiguration";
    const faults: readonly [rule: string, changes: Record<string, unknown>, finds: RegExp][] = [
        [
            "disallow-ended-image",
            {
                [`${MACHINE}.imageReference`]: {
                    publisher: "canonical",
                    offer: "0001-com-ubuntu-server-focal",
                    sku: "20_04-lts",
                },
                [`${MACHINE}.nodeAgentSKUId`]: "batch.node.ubuntu 20.04",
            },
            /Support for the image .* ended on/,
        ],
        [
            "configure-node-agent",
            { [`${MACHINE}.nodeAgentSKUId`]: "batch.node.ubuntu 22.04" },
            /nodeAgentSkuId is batch\.node\.ubuntu 22\.04/,
        ],
        [
            "disallow-managed-image",
            {
                [`${MACHINE}.imageReference`]: {
                    virtualMachineImageId: "/s/providers/Microsoft.Compute/images/mine",
                },
            },
            /is the managed image mine/,
        ],
        ["configure-task-slots", { taskSlotsPerNode: 17 }, /taskSlotsPerNode is 17: it can be 1 to 16/],
        ["disallow-retired-vm-size", { vmSize: "Standard_A1" }, /vmSize is Standard_A1/],
        [
            "configure-maximum-nodes",
            { targetDedicatedNodes: 60, targetLowPriorityNodes: 60 },
            /The fixed size is 120 nodes/,
        ],
        ["configure-resize-timeout", { resizeTimeout: "PT1M" }, /resizeTimeout is PT1M, below PT5M/],
        [
            "disallow-formula-errors",
            { enableAutoScale: true, autoScaleFormula: "$TargetDedicatedNodes = ;" },
            /of the formula: /,
        ],
        [
            "configure-evaluation-interval",
            { autoScaleFormula: "$TargetDedicatedNodes = 1;", autoScaleEvaluationInterval: "PT1M" },
            /evaluationInterval is PT1M/,
        ],
        [
            "disallow-open-inbound-nat",
            { "networkConfiguration.endpointConfiguration": { inboundNATPools: [{ backendPort: 22 }] } },
            /inboundNatPools\[0\]\.backendPort is 22, open to everybody/,
        ],
        [
            "configure-package-count",
            { applicationPackageReferences: Array.from({ length: 11 }, () => ({ applicationId: "a" })) },
            /applicationPackages has 11 entries/,
        ],
        ["disallow-certificates", { certificateReferences: [{ thumbprint: "00" }] }, /certificates is set/],
        [
            "disallow-cloud-service-configuration",
            { cloudServiceConfiguration: { osFamily: "6" } },
            /cloudServiceConfiguration is set/,
        ],
        ["enable-wait-for-start-task", { "startTask.waitForSuccess": false }, /waitForSuccess is false/],
    ];
    for (const [name, changes, finds] of faults) {
        const rule = `azure-batch-pool-${name}`;
        it(`is judged by ${rule}, of a job and of a schedule`, async () => {
            const pool = changed(goodOwnPool, changes);
            const job = jobWithOwnPool(pool);
            const schedule = changed(goodSchedule, {
                [`${SPECIFICATION}.poolInfo`]: (job["job"] as Properties)["poolInfo"],
            });
            for (const [type, properties] of [
                [JOB, job],
                [SCHEDULE, schedule],
            ] as const) {
                const { findings } = await one(type, properties, rule);
                assert.equal(findings.length, 1, JSON.stringify(findings));
                assert.match(findings[0]?.message ?? "", /The job's own pool: /);
                assert.match(findings[0]?.message ?? "", finds);
                assert.equal(findings[0]?.urn, urnOf(type, "it"));
            }
        });
    }

    it("keeps to itself what is not known yet, and is skipped for that alone", async () => {
        for (const [changes, rule, path] of [
            [{ vmSize: UNKNOWN }, "azure-batch-pool-configure-task-slots", "vmSize"],
            [
                { [MACHINE]: UNKNOWN },
                "azure-batch-pool-configure-node-agent",
                "deploymentConfiguration.virtualMachineConfiguration",
            ],
            [
                { [`${MACHINE}.imageReference`]: UNKNOWN },
                "azure-batch-pool-configure-node-agent",
                "deploymentConfiguration.virtualMachineConfiguration.imageReference",
            ],
            [
                { networkConfiguration: UNKNOWN },
                "azure-batch-pool-disallow-open-inbound-nat",
                "networkConfiguration",
            ],
        ] as const) {
            const result = await one(JOB, jobWithOwnPool(changed(goodOwnPool, changes)), rule);
            assert.deepEqual(result.findings, []);
            assert.match(result.said.join(), new RegExp(`not known yet: it: ${path}$`));
        }
    });

    it("is none where the job has a pool by its id, or where that is not known yet", async () => {
        const rule = "azure-batch-pool-configure-subnet";
        for (const properties of [goodJob, jobWithOwnPool(UNKNOWN), { ...goodJob, job: UNKNOWN }, {}])
            assert.deepEqual(await one(JOB, properties, rule), { findings: [], said: [] });
        assert.equal((await one(POOL, {}, rule)).findings.length, 1, "of a pool it would be one");
    });

    it("gets no remedy, as that would be one of the job", async () => {
        const rule = "azure-batch-pool-enable-wait-for-start-task";
        const pool = changed(goodOwnPool, { "startTask.waitForSuccess": false });
        assert.equal(await remedy({ type: JOB, properties: jobWithOwnPool(pool) }, { rule }), undefined);
    });
});
