import type * as batch from "@pulumi/azure-native/batch";
import type { input as inputs } from "@pulumi/azure-native/types";
import * as pulumi from "@pulumi/pulumi";
import type { BatchTaskContainerSettings } from "../../client";
import type { PoolSettings } from "../poolArgs";
import type { UserAccount, VmExtension } from "../poolParts";
import { machineArgs, networkArgs, upgradePolicyArgs, userAccountArgs } from "./poolMachine";
import type { Scale } from "../scale";
import type { StartTask } from "../startTask";
import { environmentSettings, listOrNothing } from "../taskParts";
import type { UserIdentity } from "../taskParts";
import type { VmImage } from "../vmImage";

/** What the constructs say of a pool, in our words, checked. */
export interface PoolSpec extends Omit<PoolSettings, "identities" | "extensions" | "certificates"> {
    readonly scale: Scale;
    /** Durations as the service writes them. */
    readonly resizeTimeout: string | undefined;
    readonly evaluationInterval: string | undefined;
    readonly upgradePause: string | undefined;
    readonly taskSlotsPerNode: pulumi.Input<number>;
    readonly fill: "spread" | "pack";
    readonly interNodeCommunication: boolean;
    readonly identityIds: readonly pulumi.Input<string>[];
    readonly extensions: readonly VmExtension[];
}

/** Arguments of azure-native's Pool that say what it is, not where. */
export type PoolBody = Omit<batch.PoolArgs, "resourceGroupName" | "accountName" | "poolName" | "tags">;

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);

// The management plane's own capitals for words of the data plane.
const deallocation = {
    requeue: "Requeue",
    terminate: "Terminate",
    taskcompletion: "TaskCompletion",
    retaineddata: "RetainedData",
} as const;

/**
 * Arguments of azure-native's Pool (2024-07-01). Empty lists and what was not said are left out.
 * @param draw gives a password for a user account that has none
 */
export function poolArgs(spec: PoolSpec, draw: (account: UserAccount) => pulumi.Input<string>): PoolBody {
    const metadata = Object.entries(spec.metadata ?? {}).map(([name, value]) => ({ name, value }));
    return {
        displayName: spec.displayName,
        vmSize: spec.vmSize,
        deploymentConfiguration: { virtualMachineConfiguration: machineArgs(spec) },
        scaleSettings: scaleSettings(spec),
        startTask: spec.startTask === undefined ? undefined : startTaskArgs(spec.startTask, spec.image),
        taskSlotsPerNode: spec.taskSlotsPerNode,
        taskSchedulingPolicy: { nodeFillType: spec.fill === "pack" ? "Pack" : "Spread" },
        interNodeCommunication: spec.interNodeCommunication ? "Enabled" : "Disabled",
        networkConfiguration: networkArgs(spec.subnetId, spec.network),
        userAccounts: userAccountArgs(spec.userAccounts, draw),
        applicationPackages: listOrNothing(spec.packages, ({ applicationId, version }) => ({
            id: applicationId,
            version,
        })),
        mountConfiguration: listOrNothing(spec.mounts, (mount) => mount.body),
        upgradePolicy: upgradePolicyArgs(spec.upgradePolicy, spec.upgradePause),
        identity:
            spec.identityIds.length === 0
                ? undefined
                : { type: "UserAssigned", userAssignedIdentities: [...spec.identityIds] },
        metadata: metadata.length === 0 ? undefined : metadata,
        resourceTags: spec.resourceTags,
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
        containerSettings: containerSettings(options.container),
    };
}

function containerSettings(
    settings: BatchTaskContainerSettings | undefined,
): inputs.batch.TaskContainerSettingsArgs | undefined {
    if (settings === undefined) return undefined;
    const { registry, workingDirectory, containerHostBatchBindMounts, ...same } = settings;
    return {
        ...same,
        containerHostBatchBindMounts: listOrNothing(containerHostBatchBindMounts, (mount) => mount),
        registry:
            registry === undefined
                ? undefined
                : {
                      registryServer: registry.registryServer,
                      userName: registry.username,
                      password:
                          registry.password === undefined ? undefined : pulumi.secret(registry.password),
                      identityReference:
                          registry.identityReference?.resourceId === undefined
                              ? undefined
                              : { resourceId: registry.identityReference.resourceId },
                  },
        workingDirectory:
            workingDirectory === undefined
                ? undefined
                : workingDirectory === "taskWorkingDirectory"
                  ? "TaskWorkingDirectory"
                  : "ContainerImageDefault",
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
