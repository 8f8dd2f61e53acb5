import type { Kind } from "./kinds";
import { kindOf } from "./kinds";
import { isUnknown, NOT_KNOWN } from "./known";
import { rememberLast } from "./last";

type Properties = Readonly<Record<string, unknown>>;

const isObject = (value: unknown): value is Properties => typeof value === "object" && value !== null;

/** Makes something of an object; what is not there, or not known yet, stays what it is. */
const over = (value: unknown, make: (properties: Properties) => Properties): unknown =>
    isObject(value) && !Array.isArray(value) ? make(value) : value;

/** What a schedule's jobs are, under the name that a job has it: rules about jobs hold for both. */
function jobOf(properties: Properties): Properties {
    const { jobSchedule } = properties;
    if (isUnknown(jobSchedule)) return { ...properties, job: jobSchedule };
    return isObject(jobSchedule) ? { ...properties, job: jobSchedule["jobSpecification"] } : properties;
}

/** Tasks without a profile (declared by an older version of this library, or in a file that cannot be read) are not known. */
const tasksOf = (properties: Properties): Properties =>
    properties["profile"] === undefined ? { ...properties, profile: NOT_KNOWN } : properties;

/** The property of the resource that a property of its view was made from. */
export const originOf = (type: string, property: string): string =>
    property === "job" && type.endsWith(":JobSchedule") ? "jobSchedule" : property;

/** A pool that the service makes for a job, in the names of the management plane; undefined where the job has none. */
function poolOf(job: Properties): Properties | undefined {
    const path = ["job", "poolInfo", "autoPoolSpecification", "pool"];
    const pool = path.reduce<unknown>((value, name) => (isObject(value) ? value[name] : undefined), job);
    if (!isObject(pool)) return undefined;
    const { virtualMachineConfiguration, cloudServiceConfiguration, networkConfiguration } = pool;
    const machine = over(virtualMachineConfiguration, (given) => ({
        ...given,
        nodeAgentSkuId: given["nodeAgentSKUId"],
        imageReference: over(given["imageReference"], (image) => ({
            ...image,
            id: image["virtualMachineImageId"],
        })),
    }));
    const network = over(networkConfiguration, (given) => ({
        ...given,
        endpointConfiguration: over(given["endpointConfiguration"], (endpoint) => ({
            inboundNatPools: endpoint["inboundNATPools"],
        })),
    }));
    const { targetDedicatedNodes, targetLowPriorityNodes, resizeTimeout } = pool;
    return {
        ...pool,
        deploymentConfiguration: { virtualMachineConfiguration: machine, cloudServiceConfiguration },
        networkConfiguration: network,
        applicationPackages: pool["applicationPackageReferences"],
        certificates: pool["certificateReferences"],
        scaleSettings:
            pool["autoScaleFormula"] === undefined
                ? { fixedScale: { targetDedicatedNodes, targetLowPriorityNodes, resizeTimeout } }
                : {
                      autoScale: {
                          formula: pool["autoScaleFormula"],
                          evaluationInterval: pool["autoScaleEvaluationInterval"],
                      },
                  },
    };
}

/** A resource, or a part of one, as the rules of a kind see it. */
export interface View {
    readonly properties: object;
    /** What it is a part of; empty for the resource itself. */
    readonly within: string;
}

// A resource is judged by dozens of rules; the library shows them all the same object.
const jobs = rememberLast(jobOf);
const tasks = rememberLast(tasksOf);
const VIEWS: Partial<Record<Kind, (properties: Properties) => Properties>> = { job: jobs, tasks };

const ownPools = rememberLast((job: Properties): View[] => {
    const pool = poolOf(job);
    return pool === undefined ? [] : [{ properties: pool, within: "The job's own pool: " }];
});

/** What rules of the resource's own kind see. */
export function viewOf(type: string, properties: object): object {
    const kind = kindOf(type);
    const make = kind === undefined ? undefined : VIEWS[kind];
    return make === undefined ? properties : make(properties as Properties);
}

/** What of a resource rules about a kind have to judge: the resource, or a pool within a job. */
export function viewsOf(type: string, properties: object, kind: Kind): readonly View[] {
    const own = kindOf(type);
    if (own === kind) return [{ properties: viewOf(type, properties), within: "" }];
    if (own !== "job" || kind !== "pool") return [];
    return ownPools(viewOf(type, properties) as Properties);
}

/** The kinds of rules that have something to judge in a resource. */
export function concerned(type: string, properties: () => object): readonly Kind[] {
    const own = kindOf(type);
    if (own === undefined) return [];
    return own === "job" && viewsOf(type, properties(), "pool").length > 0 ? [own, "pool"] : [own];
}
