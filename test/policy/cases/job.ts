import type { ResourceCase } from "../support/case";
import { goodJob, goodTasks, JOB, PINNED, TASKS } from "../support/estate";
import { UNKNOWN } from "../support/judge";

const job = { type: JOB, base: goodJob };
const tasks = { type: TASKS, base: goodTasks };
const SIGNATURE = "sig=c2lnbmF0dXJlLXNpZ25hdHVyZQ%3D%3D";
const sas = (end?: string): string =>
    `https://a.blob.core.windows.net/c/f?${end === undefined ? "si=policy" : `se=${end}`}&${SIGNATURE}`;

export const jobCases: readonly ResourceCase[] = [
    {
        ...job,
        rule: "azure-batch-job-configure-wall-clock",
        fires: [
            {
                changes: { "job.constraints": undefined },
                finds: /constraints\.maxWallClockTime is not set\./,
            },
            {
                changes: { "job.constraints.maxWallClockTime": "P10675199DT2H48M5.4775807S" },
                finds: /maxWallClockTime is P10675199DT2H48M5\.4775807S\./,
            },
        ],
        unknown: [
            {
                changes: { "job.constraints.maxWallClockTime": UNKNOWN },
                path: "job.constraints.maxWallClockTime",
            },
        ],
    },
    {
        ...job,
        rule: "azure-batch-job-configure-retries",
        fires: [
            {
                changes: { "job.constraints.maxTaskRetryCount": -1 },
                finds: /job\.constraints\.maxTaskRetryCount is -1, without a limit\./,
            },
            { changes: { "job.constraints.maxTaskRetryCount": 11 }, finds: /is 11, above 10\./ },
            {
                changes: {
                    "job.constraints": UNKNOWN,
                    "job.jobPreparationTask.constraints.maxTaskRetryCount": 50,
                },
                finds: /job\.jobPreparationTask\.constraints\.maxTaskRetryCount is 50, above 10/,
            },
            {
                changes: {
                    "job.jobManagerTask": { commandLine: "m", constraints: { maxTaskRetryCount: -1 } },
                },
                finds: /job\.jobManagerTask\.constraints\.maxTaskRetryCount is -1/,
            },
        ],
        quiet: [
            { changes: { job: {} } },
            { changes: { "job.constraints.maxTaskRetryCount": 11 }, config: { maximum: 11 } },
        ],
        unknown: [
            {
                changes: { "job.constraints.maxTaskRetryCount": UNKNOWN },
                path: "job.constraints.maxTaskRetryCount",
            },
        ],
    },
    {
        ...job,
        rule: "azure-batch-job-configure-priority",
        fires: [
            { changes: { "job.priority": 901 }, finds: /priority is 901: it can be -1000 to 900\./ },
            {
                changes: { "job.priority": -1 },
                config: { minimum: 0, maximum: 10 },
                finds: /priority is -1: it can be 0 to 10\./,
            },
            {
                changes: { "job.priority": undefined },
                config: { minimum: 1 },
                finds: /priority is 0: it can be 1 to 900/,
            },
        ],
        quiet: [{ changes: { "job.priority": 900 } }, { changes: { "job.priority": -1000 } }],
        unknown: [{ changes: { "job.priority": UNKNOWN }, path: "job.priority" }],
    },
    {
        ...job,
        rule: "azure-batch-job-disallow-secrets",
        fires: [
            {
                changes: { "job.commonEnvironmentSettings": [{ name: "API_KEY", value: "abcdef123" }] },
                finds: /job\.commonEnvironmentSettings\[0\]\.value \(API_KEY\) seems to be/,
            },
            {
                changes: { "job.jobPreparationTask.commandLine": "mount --password hunter2" },
                finds: /job\.jobPreparationTask\.commandLine seems to hold a password in an argument\./,
            },
            {
                changes: {
                    "job.commonEnvironmentSettings": UNKNOWN,
                    "job.jobReleaseTask.environmentSettings": [
                        { name: "X", value: "-----BEGIN PRIVATE KEY-----" },
                    ],
                },
                finds: /job\.jobReleaseTask\.environmentSettings\[0\]\.value \(X\) seems to be a private key/,
            },
        ],
        quiet: [{ changes: { job: {} } }],
        unknown: [
            { changes: { "job.commonEnvironmentSettings": UNKNOWN }, path: "job.commonEnvironmentSettings" },
            { changes: { "job.jobPreparationTask": UNKNOWN }, path: "job.jobPreparationTask" },
        ],
    },
    {
        ...job,
        rule: "azure-batch-job-configure-sas-lifetime",
        fires: [
            {
                changes: { "job.jobPreparationTask.resourceFiles": [{ httpUrl: sas("2026-11-29") }] },
                finds: /job\.jobPreparationTask\.resourceFiles\[0\]\.httpUrl has a SAS that ends on 2026-11-29, in more than 7 days\./,
            },
            {
                changes: {
                    "job.jobReleaseTask.resourceFiles": [
                        { storageContainerUrl: sas("2026-11-20T23%3A59%3A59Z") },
                    ],
                },
                finds: /jobReleaseTask\.resourceFiles\[0\]\.storageContainerUrl has a SAS that ended on 2026-11-20\./,
            },
            {
                changes: { "job.jobPreparationTask.resourceFiles": [{ httpUrl: sas() }] },
                finds: /has a SAS without an end of its own/,
            },
            {
                changes: {
                    "job.jobManagerTask": {
                        commandLine: "m",
                        outputFiles: [{ destination: { container: { containerUrl: sas("2026-11-20") } } }],
                    },
                },
                finds: /job\.jobManagerTask\.outputFiles\[0\]\.destination\.container\.containerUrl has a SAS that ended on 2026-11-20\./,
            },
        ],
        quiet: [
            {
                changes: {
                    "job.jobPreparationTask.resourceFiles": [{ httpUrl: sas("2026-11-28T23:00:00Z") }],
                },
            },
            {
                changes: {
                    "job.jobPreparationTask.resourceFiles": [{ httpUrl: sas("2026-11-21T00:00:00Z") }],
                },
            },
            {
                changes: { "job.jobPreparationTask.resourceFiles": [{ httpUrl: sas("2027-11-21") }] },
                config: { days: 365 },
            },
        ],
        unknown: [
            {
                changes: { "job.jobPreparationTask.resourceFiles": [{ httpUrl: UNKNOWN }] },
                path: "job.jobPreparationTask.resourceFiles[0].httpUrl",
            },
        ],
    },
    {
        ...job,
        rule: "azure-batch-job-configure-retention",
        fires: [
            {
                changes: { "job.jobPreparationTask.constraints.retentionTime": "P7DT1S" },
                finds: /job\.jobPreparationTask\.constraints\.retentionTime is P7DT1S, above 7 days\./,
            },
            {
                changes: { "job.jobReleaseTask.retentionTime": "P2D" },
                config: { days: 1 },
                finds: /job\.jobReleaseTask\.retentionTime is P2D, above 1 days\./,
            },
            {
                changes: {
                    "job.jobPreparationTask": UNKNOWN,
                    "job.jobManagerTask": { commandLine: "m", constraints: { retentionTime: "P30D" } },
                },
                finds: /job\.jobManagerTask\.constraints\.retentionTime is P30D/,
            },
        ],
        quiet: [
            { changes: { "job.jobReleaseTask.retentionTime": "P7D" } },
            { changes: { "job.jobReleaseTask.retentionTime": "soon" } },
            { changes: { job: {} } },
        ],
        unknown: [
            {
                changes: { "job.jobReleaseTask.retentionTime": UNKNOWN },
                path: "job.jobReleaseTask.retentionTime",
            },
        ],
    },
    {
        ...job,
        rule: "azure-batch-job-configure-container-digests",
        fires: [
            {
                changes: { "job.jobPreparationTask.containerSettings": { imageName: "python:3" } },
                finds: /job\.jobPreparationTask\.containerSettings\.imageName is python:3, without a digest\./,
            },
            {
                changes: {
                    "job.jobPreparationTask": UNKNOWN,
                    "job.jobManagerTask": { containerSettings: { imageName: "busybox" } },
                },
                finds: /job\.jobManagerTask\.containerSettings\.imageName is busybox/,
            },
        ],
        quiet: [
            { changes: { job: {} } },
            { changes: { "job.jobManagerTask": { containerSettings: { imageName: PINNED } } } },
        ],
        unknown: [
            {
                changes: { "job.jobPreparationTask.containerSettings": { imageName: UNKNOWN } },
                path: "job.jobPreparationTask.containerSettings.imageName",
            },
        ],
    },
    {
        ...tasks,
        rule: "azure-batch-task-configure-wall-clock",
        fires: [
            { changes: { "profile.withoutWallClock": 1 }, finds: /1 of 3 tasks have no maxWallClockTime/ },
        ],
        unknown: [
            { changes: { profile: UNKNOWN }, path: "profile" },
            { changes: { profile: undefined }, path: "profile" },
        ],
    },
    {
        ...tasks,
        rule: "azure-batch-task-configure-retries",
        fires: [
            { changes: { "profile.maxRetries": -1 }, finds: /profile\.maxRetries is -1, without a limit/ },
            { changes: { "profile.maxRetries": 11 }, finds: /is 11, above 10/ },
            { changes: {}, config: { maximum: 1 }, finds: /is 2, above 1/ },
        ],
        unknown: [
            { changes: { profile: UNKNOWN }, path: "profile" },
            { changes: { profile: undefined }, path: "profile" },
        ],
    },
    {
        ...tasks,
        rule: "azure-batch-task-disallow-secrets",
        fires: [
            {
                changes: {
                    "profile.secrets": [
                        "task a, command line: a token (JWT)",
                        "task b, command line: a private key",
                    ],
                },
                finds: /A secret is suspected in task a, command line: a token \(JWT\); task b, command line: a private key\./,
            },
        ],
        unknown: [
            { changes: { profile: UNKNOWN }, path: "profile" },
            { changes: { profile: undefined }, path: "profile" },
        ],
    },
    {
        ...tasks,
        rule: "azure-batch-task-configure-sas-lifetime",
        fires: [
            {
                changes: { "profile.sas.first": "2026-11-20T12:00:00.000Z" },
                finds: /A task has a SAS that ended on 2026-11-20\./,
            },
            {
                changes: { "profile.sas.last": "2026-11-29T12:00:00.000Z" },
                finds: /A task has a SAS that ends on 2026-11-29, in more than 7 days\./,
            },
            { changes: {}, config: { days: 3 }, finds: /in more than 3 days/ },
        ],
        quiet: [{ changes: { "profile.sas": undefined } }],
        unknown: [{ changes: { profile: UNKNOWN }, path: "profile" }],
    },
    {
        ...tasks,
        rule: "azure-batch-task-configure-retention",
        fires: [
            {
                changes: { "profile.longestRetention": 7 * 86_400 + 1 },
                finds: /A task keeps its files for 8 days, above 7\./,
            },
            {
                changes: { "profile.longestRetention": 2 * 86_400 },
                config: { days: 1 },
                finds: /for 2 days, above 1/,
            },
        ],
        quiet: [
            { changes: { "profile.longestRetention": 7 * 86_400 } },
            { changes: { "profile.longestRetention": undefined } },
        ],
        unknown: [{ changes: { profile: UNKNOWN }, path: "profile" }],
    },
    {
        ...tasks,
        rule: "azure-batch-task-configure-container-digests",
        fires: [
            {
                changes: { "profile.imagesWithoutDigest": ["python:3", "busybox"] },
                finds: /Tasks run python:3, busybox without a digest\./,
            },
        ],
        unknown: [
            { changes: { profile: UNKNOWN }, path: "profile" },
            { changes: { profile: undefined }, path: "profile" },
        ],
    },
];
