// From the service's description: bodies with every property, and a program that declares them in this library's arguments.
import assert from "node:assert/strict";
import type { Raw } from "../support/openApi";
import { virtualMachineConfiguration } from "../support/servicePool";

export type Body = Record<string, unknown>;
type Schemas = Readonly<Record<string, Raw>>;

/** Of properties that exclude each other, which one a variant leaves out. */
const variants: readonly ReadonlySet<string>[] = [
    new Set([
        "autoPoolSpecification",
        "username",
        "autoStorageContainerName",
        "httpUrl",
        "numberOfInstances",
    ]),
    new Set([
        "autoPoolSpecification",
        "autoUser",
        "autoStorageContainerName",
        "storageContainerUrl",
        "blobPrefix",
    ]),
    new Set([
        "poolId",
        "username",
        "httpUrl",
        "storageContainerUrl",
        "identityReference",
        "networkConfiguration",
    ]),
];
// A pool that is made for a job is the pools' own matter: that it may be any, and its own properties, are.
const autoPool = {
    autoPoolIdPrefix: "auto",
    poolLifetimeOption: "job",
    keepAlive: true,
    pool: {
        vmSize: "Standard_D2s_v5",
        targetDedicatedNodes: 0,
        virtualMachineConfiguration,
    },
};
const values: Readonly<Record<string, unknown>> = {
    poolId: "pool",
    autoPoolSpecification: autoPool,
    numberOfInstances: 2,
    requiredSlots: 1,
    maxTaskRetryCount: 3,
    start: 1,
    end: 4,
    priority: 10,
    maxParallelTasks: 5,
    fileMode: "0770",
    taskIds: ["other"],
    scope: "task",
    onTaskFailure: "performexitoptionsjobaction",
    onAllTasksComplete: "noaction",
    usesTaskDependencies: true,
    maxWallClockTime: "PT10M",
    doNotRunUntil: "2030-01-01T00:00:00Z",
    doNotRunAfter: "2031-01-01T00:00:00Z",
    startWindow: "PT5M",
    recurrenceInterval: "PT30M",
    applicationId: "application",
    version: "1.0",
    autoStorageContainerName: "container",
    subnetId:
        "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/s",
};

/** A body of every property, in each variant. */
export function bodiesOf(schemas: Schemas, name: string): Body[] {
    return variants.map((left) => sample(schemas, schemas[name] ?? {}, name, left) as Body);
}

function sample(schemas: Schemas, schema: Raw, name: string, left: ReadonlySet<string>): unknown {
    if (name in values) return values[name];
    const ref = schema.$ref ?? schema.allOf?.[0]?.$ref;
    if (ref !== undefined) {
        const target = schemas[ref.split("/").at(-1) ?? ""];
        assert.ok(target, ref);
        return sample(schemas, target, name, left);
    }
    if (schema.properties !== undefined) {
        const entries = Object.entries(schema.properties).filter(([key]) => !left.has(key));
        return Object.fromEntries(entries.map(([key, inner]) => [key, sample(schemas, inner, key, left)]));
    }
    if (schema.type === "array") return [sample(schemas, schema.items ?? {}, name, left)];
    if (schema.enum !== undefined) return schema.enum[0];
    if (schema.type === "boolean") return true;
    if (schema.type === "integer" || schema.type === "number") return 7;
    if (schema.format === "duration") return "PT10M";
    if (/url$/i.test(name)) return "https://acc.blob.core.windows.net/container";
    return `a-${name.toLowerCase()}`;
}

/** Paths of all properties of a body in the service's description, `a.b[].c`. */
export function pathsOf(value: unknown, before = ""): string[] {
    if (Array.isArray(value)) return value.flatMap((item) => pathsOf(item, `${before}[]`));
    if (typeof value !== "object" || value === null) return [before];
    return Object.entries(value).flatMap(([name, inner]) =>
        pathsOf(inner, before === "" ? name : `${before}.${name}`),
    );
}

const json = (value: unknown): string => JSON.stringify(value);
const record = (list: unknown): string =>
    json(
        Object.fromEntries(
            (list as { name: string; value: string }[]).map(({ name, value }) => [name, value]),
        ),
    );
// Written out, not spread: only so does the compiler refuse what is no argument.
const object = (entries: readonly string[]): string => `{ ${entries.join(", ")} }`;
const listOf =
    (type: string) =>
    (list: unknown): string =>
        `[${(list as object[]).map((item) => `batch.${type}.of(${json(item)})`).join(", ")}]`;

/** What the service calls otherwise: the argument's name and the text of its value. */
const words: Readonly<Record<string, readonly [name: string, text: (value: never) => string]>> = {
    resourceFiles: ["resourceFiles", listOf("ResourceFile")],
    outputFiles: ["outputFiles", listOf("OutputFile")],
    environmentSettings: ["environment", record],
    commonEnvironmentSettings: ["environment", record],
    userIdentity: ["user", (user: Body) => `batch.UserIdentity.of(${json(user)})`],
    constraints: ["constraints", (body: Body) => json(renamed(body, { maxTaskRetryCount: "maxRetries" }))],
    dependsOn: ["dependsOn", (body: Body) => json(renamed(body, { taskIdRanges: "ranges" }))],
    metadata: ["metadata", record],
    jobPreparationTask: ["preparation", (body: Body) => object(argumentsOf(body))],
    jobReleaseTask: ["release", (body: Body) => object(argumentsOf(body))],
    jobManagerTask: ["jobManager", (body: Body) => object(argumentsOf(body))],
    rerunOnNodeRebootAfterSuccess: ["rerunOnReboot", json],
    allowLowPriorityNode: ["allowSpotNode", json],
    jobSpecification: ["job", (body: Body) => object(jobArguments(body))],
};

const renamed = (body: Body, names: Readonly<Record<string, string>>): Body =>
    Object.fromEntries(Object.entries(body).map(([name, value]) => [names[name] ?? name, value]));

function argumentsOf(body: Body): string[] {
    return Object.entries(body)
        .filter(([name, value]) => name !== "poolInfo" && value !== undefined)
        .map(([name, value]) => {
            const [own, text] = words[name] ?? [name, json];
            return `${own}: ${text(value as never)}`;
        });
}

function jobArguments(body: Body): string[] {
    const { poolInfo, constraints, ...rest } = body as { poolInfo: Body; constraints: Body };
    const { autoPoolSpecification: autoPool } = poolInfo;
    return [
        ...(autoPool === undefined ? ["pool"] : ["account", `autoPool: ${json(autoPool)}`]),
        `constraints: ${json(renamed(constraints, { maxTaskRetryCount: "maxTaskRetries" }))}`,
        ...argumentsOf(rest),
    ];
}

/** A program that declares each of the bodies as a resource: jobs `job-0`, schedules `schedule-0`, tasks `task-0` and so on. */
export function programOf(bodies: { jobs: Body[]; schedules: Body[]; tasks: Body[] }): string {
    const own = (body: Body, id: string): Body => ({ ...body, [id]: undefined });
    return [
        'import * as resources from "@pulumi/azure-native/resources";',
        'import * as batch from "pulumi-azure-batch";',
        'const group = new resources.ResourceGroup("group", { location: "westeurope" });',
        'const storage = new batch.LinkedStorage("storage", { resourceGroupName: group.name });',
        'const account = new batch.BatchAccount("account", { resourceGroupName: group.name, storage });',
        'const application = new batch.Application("application", { account, versions: { "1.0": "package" } });',
        'const pool = new batch.Pool("pool", { account, poolId: "pool", image: batch.VmImage.ubuntu2404(), vmSize: "Standard_D2s_v5", scale: batch.Scale.dedicated(0), interNodeCommunication: true });',
        "const opts = { dependsOn: [...application.packages.values()] };",
        ...bodies.jobs.map((body, at) => {
            const args = [`jobId: "job-${at}"`, 'onDestroy: "terminate"', ...jobArguments(own(body, "id"))];
            return `const job${at} = new batch.Job("job-${at}", ${object(args)}, opts);`;
        }),
        ...bodies.schedules.map((body, at) => {
            const args = [`scheduleId: "schedule-${at}"`, ...argumentsOf(own(body, "id"))];
            return `new batch.JobSchedule("schedule-${at}", ${object(args)}, opts);`;
        }),
        ...bodies.tasks.map((body, at) => {
            const args = ["job: job0", ...argumentsOf({ ...body, id: `task-${at}` })];
            return `new batch.Task("task-${at}", ${object(args)}, opts);`;
        }),
        "export const endpoint = account.endpoint;",
        "export const jobs = [" + bodies.jobs.map((_, at) => `job${at}.jobId`).join(", ") + "];",
    ].join("\n");
}

/** What was sent and is not seen again, or as something else. */
export function unseen(sent: unknown, seen: unknown, before = ""): string[] {
    if (Array.isArray(sent))
        return sent.flatMap((item, index) =>
            unseen(item, (seen as unknown[] | undefined)?.[index], `${before}[]`),
        );
    if (typeof sent === "object" && sent !== null)
        return Object.entries(sent).flatMap(([name, inner]) =>
            unseen(inner, (seen as Body | undefined)?.[name], `${before}.${name}`),
        );
    const plain = (value: unknown): unknown =>
        typeof value === "string" && /^\d{4}-.*Z$/.test(value) ? Date.parse(value) : value;
    return plain(sent) === plain(seen)
        ? []
        : [`${before}: ${JSON.stringify(sent)} came as ${JSON.stringify(seen)}`];
}
