import type * as batch from "@pulumi/azure-native/batch";
import type { input as inputs } from "@pulumi/azure-native/types";
import type * as pulumi from "@pulumi/pulumi";
import type { Scale } from "../scale";
import type { StartTask } from "../startTask";
import { environmentSettings, listOrNothing } from "../taskParts";
import type { UserIdentity } from "../taskParts";
import type { VmImage } from "../vmImage";

/** What the constructs say of a pool, in our words, checked. */
export interface PoolSpec {
    readonly resourceGroupName: pulumi.Input<string>;
    readonly accountName: pulumi.Input<string>;
    readonly displayName: pulumi.Input<string> | undefined;
    readonly image: VmImage;
    readonly vmSize: pulumi.Input<string>;
    readonly scale: Scale;
    /** Durations as the service writes them. */
    readonly resizeTimeout: string | undefined;
    readonly evaluationInterval: string | undefined;
    readonly startTask: StartTask | undefined;
    readonly taskSlotsPerNode: pulumi.Input<number>;
    readonly fill: "spread" | "pack";
    readonly interNodeCommunication: boolean;
    readonly subnetId: pulumi.Input<string> | undefined;
    readonly identityIds: readonly pulumi.Input<string>[];
    readonly metadata: Readonly<Record<string, pulumi.Input<string>>>;
    readonly tags: pulumi.Input<Record<string, pulumi.Input<string>>> | undefined;
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

// The management plane's own capitals for words of the data plane.
const deallocation = {
    requeue: "Requeue",
    terminate: "Terminate",
    taskcompletion: "TaskCompletion",
    retaineddata: "RetainedData",
} as const;

/** Arguments of azure-native's Pool (2024-07-01), without its name. Empty lists and what was not said are left out. */
export function poolArgs(spec: PoolSpec): batch.PoolArgs {
    const metadata = Object.entries(spec.metadata).map(([name, value]) => ({ name, value }));
    return {
        resourceGroupName: spec.resourceGroupName,
        accountName: spec.accountName,
        displayName: spec.displayName,
        vmSize: spec.vmSize,
        deploymentConfiguration: {
            virtualMachineConfiguration: {
                imageReference: spec.image.location,
                nodeAgentSkuId: spec.image.nodeAgentSkuId,
            },
        },
        scaleSettings: scaleSettings(spec),
        startTask: spec.startTask === undefined ? undefined : startTaskArgs(spec.startTask, spec.image),
        taskSlotsPerNode: spec.taskSlotsPerNode,
        taskSchedulingPolicy: { nodeFillType: spec.fill === "pack" ? "Pack" : "Spread" },
        interNodeCommunication: spec.interNodeCommunication ? "Enabled" : "Disabled",
        networkConfiguration: spec.subnetId === undefined ? undefined : { subnetId: spec.subnetId },
        identity:
            spec.identityIds.length === 0
                ? undefined
                : { type: "UserAssigned", userAssignedIdentities: [...spec.identityIds] },
        metadata: metadata.length === 0 ? undefined : metadata,
        tags: spec.tags,
    };
}

function scaleSettings({
    scale,
    resizeTimeout,
    evaluationInterval,
}: PoolSpec): inputs.batch.ScaleSettingsArgs {
    if (scale.kind === "auto") return { autoScale: { formula: scale.formula, evaluationInterval } };
    return {
        fixedScale: {
            targetDedicatedNodes: scale.dedicated,
            targetLowPriorityNodes: scale.spot,
            resizeTimeout,
            nodeDeallocationOption:
                scale.nodeDeallocation === undefined ? undefined : deallocation[scale.nodeDeallocation],
        },
    };
}

function startTaskArgs(task: StartTask, image: VmImage): inputs.batch.StartTaskArgs {
    const { options } = task;
    return {
        commandLine: task.commandLine(image.os),
        resourceFiles: listOrNothing(options.resourceFiles, (file) => file.body),
        environmentSettings: environmentSettings(options.environment),
        userIdentity: userIdentity(options.user, options.elevated ?? false),
        maxTaskRetryCount: options.maxRetries ?? 0,
        waitForSuccess: options.waitForSuccess ?? true,
    };
}

function userIdentity(user: UserIdentity | undefined, elevated: boolean): inputs.batch.UserIdentityArgs {
    const body = user?.body ?? {
        autoUser: { scope: "pool", elevationLevel: elevated ? "admin" : "nonadmin" },
    };
    if (body.autoUser === undefined) return { userName: body.username };
    return {
        autoUser: {
            scope: capital(body.autoUser.scope) as "Pool" | "Task",
            elevationLevel: body.autoUser.elevationLevel === "admin" ? "Admin" : "NonAdmin",
        },
    };
}
