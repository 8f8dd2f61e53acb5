import { ID_PATTERN, limits } from "../../../catalog";
import type { Corrections, Rule } from "../../http/check";
import { durationOf } from "../../model/instant";

/*
 * What the published shapes leave out, as rows: ranges, patterns and rules between properties. Where a limit is a fact it comes
 * from the catalogue; the rest is said in the descriptions of the REST reference.
 */

const rule = (property: string, holds: (value: unknown) => boolean, limit: string, name = "value"): Rule => ({
    name,
    property,
    broken: (value) => (holds(value) ? undefined : limit),
});
const whole = (
    name: string,
    limit: string,
    holds: (given: Readonly<Record<string, unknown>>) => boolean,
): Rule => ({
    name,
    broken: (_value, given) => (holds(given) ? undefined : limit),
});

const between = (property: string, least: number, most: number): Rule =>
    rule(
        property,
        (value) => Number(value) >= least && Number(value) <= most,
        `between ${least} and ${most}`,
    );
const atLeast = (property: string, least: number): Rule =>
    rule(property, (value) => Number(value) >= least, `${least} or more`);
const notEmpty = (property: string): Rule =>
    rule(property, (value) => String(value).trim() !== "", "not empty");
const listLength = (property: string, least: number, most: number): Rule =>
    rule(
        property,
        (value) => Array.isArray(value) && value.length >= least && value.length <= most,
        `between ${least} and ${most} items`,
    );
const count = (given: Readonly<Record<string, unknown>>, names: readonly string[]) =>
    names.filter((name) => given[name] !== undefined).length;
const exactlyOne = (...names: string[]): Rule =>
    whole("exactlyOne", `exactly one of ${names.join(", ")}`, (given) => count(given, names) === 1);
const longerThan = (property: string, milliseconds: number, limit: string): Rule =>
    rule(property, (value) => (durationOf(String(value)) ?? Number.NaN) >= milliseconds, limit);
const shorterThan = (property: string, milliseconds: number, limit: string): Rule =>
    rule(property, (value) => (durationOf(String(value)) ?? Number.NaN) <= milliseconds, limit);

const id = (property: string): Rule =>
    rule(
        property,
        (value) => ID_PATTERN.test(String(value)),
        "1 to 64 characters of A-Z, a-z, 0-9, hyphen and underscore",
    );
const displayName = rule(
    "displayName",
    (value) => String(value).length <= limits.displayNameLength.value,
    `${limits.displayNameLength.value} characters at most`,
);
const url = (property: string): Rule =>
    rule(
        property,
        (value) => /^https?:\/\/\S+$/i.test(String(value)) && URL.canParse(String(value)),
        "a URL",
    );

const positive = 1;
const retries = atLeast("maxTaskRetryCount", -1);
const command = notEmpty("commandLine");
const slots = between("requiredSlots", 1, limits.taskSlotsPerNode.value);
const taskBasics = [id("id"), displayName, command, slots];
const jobBasics = [
    between("priority", limits.jobPriorityMin.value, limits.jobPriorityMax.value),
    rule(
        "maxParallelTasks",
        (value) => Number(value) === -1 || Number(value) > 0,
        "-1 (no limit) or greater than 0",
    ),
];
const releaseNeedsPreparation = whole(
    "releaseNeedsPreparation",
    "a jobReleaseTask needs a jobPreparationTask",
    (given) => given["jobReleaseTask"] === undefined || given["jobPreparationTask"] !== undefined,
);
const minute = 60_000;

export const corrections: Corrections = {
    BatchTaskCreateOptions: [
        ...taskBasics,
        whole(
            "slotsOfMultiInstance",
            "requiredSlots is 1 for a multi-instance task",
            (given) => given["multiInstanceSettings"] === undefined || (given["requiredSlots"] ?? 1) === 1,
        ),
    ],
    BatchTaskDependencies: [
        rule(
            "taskIds",
            (value) => JSON.stringify(value).length <= limits.dependencyIdsLength.value,
            `${limits.dependencyIdsLength.value} characters of ids at most`,
            "TaskDependencyListTooLong",
        ),
        rule(
            "taskIdRanges",
            (value) => Array.isArray(value) && value.length <= 1000,
            // guess: the number of ranges that is too long is not documented.
            "1000 ranges at most",
            "TaskDependencyRangesTooLong",
        ),
    ],
    BatchTaskIdRange: [
        atLeast("start", 0),
        whole("order", "start is not above end", (given) => Number(given["start"]) <= Number(given["end"])),
    ],
    ExitCodeRangeMapping: [
        whole("order", "start is not above end", (given) => Number(given["start"]) <= Number(given["end"])),
    ],
    BatchTaskConstraints: [
        longerThan("maxWallClockTime", positive, "longer than PT0S"),
        longerThan("retentionTime", 0, "PT0S or longer"),
        retries,
    ],
    BatchJobConstraints: [longerThan("maxWallClockTime", positive, "longer than PT0S"), retries],
    BatchStartTask: [command, retries],
    BatchJobManagerTask: taskBasics,
    BatchJobPreparationTask: [command, id("id")],
    BatchJobReleaseTask: [
        command,
        id("id"),
        shorterThan("maxWallClockTime", limits.releaseTaskWallClockMax.value * 1000, "PT15M at most"),
        longerThan("maxWallClockTime", positive, "longer than PT0S"),
        longerThan("retentionTime", 0, "PT0S or longer"),
    ],
    MultiInstanceSettings: [atLeast("numberOfInstances", 1), notEmpty("coordinationCommandLine")],
    BatchTaskContainerSettings: [notEmpty("imageName")],
    ResourceFile: [
        exactlyOne("autoStorageContainerName", "storageContainerUrl", "httpUrl"),
        url("storageContainerUrl"),
        url("httpUrl"),
        whole(
            "filePathOfUrl",
            "filePath is required with httpUrl",
            (given) => given["httpUrl"] === undefined || Boolean(given["filePath"]),
        ),
        whole(
            "blobPrefixOfContainer",
            "blobPrefix is for autoStorageContainerName and storageContainerUrl",
            (given) => given["httpUrl"] === undefined || given["blobPrefix"] === undefined,
        ),
        rule("fileMode", (value) => /^[0-7]{3,4}$/.test(String(value)), "an octal mode such as 0770"),
    ],
    OutputFile: [notEmpty("filePattern")],
    OutputFileDestination: [exactlyOne("container")],
    OutputFileBlobContainerDestination: [url("containerUrl")],
    EnvironmentSetting: [notEmpty("name")],
    UserIdentity: [exactlyOne("username", "autoUser")],
    UserAccount: [notEmpty("name")],
    MountConfiguration: [
        exactlyOne(
            "azureBlobFileSystemConfiguration",
            "nfsMountConfiguration",
            "cifsMountConfiguration",
            "azureFileShareConfiguration",
        ),
    ],
    BatchInboundNatPool: [
        between("backendPort", 1, 65535),
        between("frontendPortRangeStart", 1, 65534),
        between("frontendPortRangeEnd", 1, 65534),
        whole(
            "order",
            "frontendPortRangeStart is not above frontendPortRangeEnd",
            (given) => Number(given["frontendPortRangeStart"]) <= Number(given["frontendPortRangeEnd"]),
        ),
    ],
    RollingUpgradePolicy: [
        between("maxBatchInstancePercent", 5, 100),
        between("maxUnhealthyInstancePercent", 5, 100),
        between("maxUnhealthyUpgradedInstancePercent", 0, 100),
    ],

    BatchJobCreateOptions: [id("id"), displayName, ...jobBasics, releaseNeedsPreparation],
    BatchJobSpecification: [displayName, ...jobBasics, releaseNeedsPreparation],
    BatchJobUpdateOptions: jobBasics,
    BatchJob: jobBasics,
    BatchPoolInfo: [exactlyOne("poolId", "autoPoolSpecification"), id("poolId")],
    BatchAutoPoolSpecification: [
        rule(
            "autoPoolIdPrefix",
            (value) => /^[A-Za-z0-9_-]{1,20}$/.test(String(value)),
            "1 to 20 characters of A-Z, a-z, 0-9, hyphen and underscore",
        ),
        whole("pool", "pool is required", (given) => given["pool"] !== undefined),
    ],
    BatchJobScheduleCreateOptions: [id("id"), displayName],
    BatchJobScheduleConfiguration: [
        longerThan("startWindow", minute, "PT1M or longer"),
        longerThan("recurrenceInterval", minute, "PT1M or longer"),
        whole("order", "doNotRunUntil lies before doNotRunAfter", ({ doNotRunUntil, doNotRunAfter }) =>
            doNotRunUntil === undefined || doNotRunAfter === undefined
                ? true
                : Date.parse(String(doNotRunUntil)) < Date.parse(String(doNotRunAfter)),
        ),
    ],

    BatchPoolCreateOptions: [id("id"), displayName],
    BatchPoolResizeOptions: [
        whole(
            "target",
            "at least one of targetDedicatedNodes and targetLowPriorityNodes",
            (given) => count(given, ["targetDedicatedNodes", "targetLowPriorityNodes"]) > 0,
        ),
        atLeast("targetDedicatedNodes", 0),
        atLeast("targetLowPriorityNodes", 0),
        longerThan("resizeTimeout", limits.resizeTimeoutMin.value * 1000, "PT5M or longer"),
    ],
    BatchPoolEvaluateAutoScaleOptions: [notEmpty("autoScaleFormula")],
    BatchNodeRemoveOptions: [
        listLength("nodeList", 1, limits.nodesPerRemoval.value),
        longerThan("resizeTimeout", limits.resizeTimeoutMin.value * 1000, "PT5M or longer"),
    ],
    BatchNodeUserCreateOptions: [
        rule(
            "name",
            (value) => /^[A-Za-z_][\w.-]{0,63}$/.test(String(value)),
            "a user name of 64 characters at most",
        ),
    ],
    UploadBatchServiceLogsOptions: [url("containerUrl")],
    TaskCollection: [listLength("value", 0, limits.tasksPerCollection.value)],
};
