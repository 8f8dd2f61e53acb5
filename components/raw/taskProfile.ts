import type * as pulumi from "@pulumi/pulumi";
import { taskLimits } from "../../catalog";
import type { ProfiledTask, TaskContents, TaskLimits } from "../../catalog";
import type { BatchTaskCreateOptions } from "../../client";

/** What a policy gets to see of tasks (`TaskProfile` of the catalogue). */
export type ProfileInput = TaskLimits & {
    readonly [name in keyof TaskContents]: pulumi.Output<TaskContents[name]>;
};

/**
 * The profile of tasks whose contents are still to come: their limits are known at the first preview, when the addresses of their files
 * are not.
 */
export function profileInput(
    bodies: readonly pulumi.Input<BatchTaskCreateOptions>[],
    contents: pulumi.Output<TaskContents>,
): ProfileInput {
    // Outputs are in places alone that limits do not come from.
    const limits = taskLimits(bodies as readonly ProfiledTask[]);
    return { ...limits, secrets: contents.secrets, sas: contents.sas };
}
