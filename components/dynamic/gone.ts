import { isServiceError } from "../../client";
import { cancelled } from "./cancel";
import { Progress } from "./progress";
import { pause } from "./time";

const GONE = ["JobNotFound", "JobScheduleNotFound", "TaskNotFound", "ResourceNotFound"];

/** True for the service's word that something is not there (any more). */
export const isGone = (error: unknown): boolean => isServiceError(error, ...GONE);

/**
 * Asks until something is as it should be, first often and then each two seconds.
 * @param question gives what is told of progress, or undefined when it is as it should be
 * @param seconds until it is given up; undefined for never
 * @throws Error with `late` when it takes longer; the signal's reason when the deployment is cancelled
 */
export async function untilSettled(
    question: () => Promise<string | undefined>,
    seconds: number | undefined,
    late: string,
): Promise<void> {
    const progress = new Progress();
    const until = seconds === undefined ? Infinity : Date.now() + seconds * 1000;
    for (let delay = 50; ; delay = Math.min(delay * 1.5, 2000)) {
        const told = await question();
        if (told === undefined) return;
        if (Date.now() > until) throw new Error(late);
        progress.line(() => told);
        await pause(delay, cancelled);
    }
}
