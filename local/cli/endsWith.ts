/**
 * `BATCHLOCAL_ENDS_WITH=PID`: what serves (or follows a log) ends with that process, in whatever way it ended, as if by SIGTERM. For test programs and
 * scripts that start services: they may be killed before they can end them, and a detached service has no parent to miss.
 */
import { processInfo } from "../node/processes";
import { wrongUsage } from "./problems";

export const endsWithVariable = "BATCHLOCAL_ENDS_WITH";

const lookEveryMs = 1_000;
/** One that does not end by a first SIGTERM (`exec` waits for its command) is forced by a second. */
const forceAfterMs = 15_000;

/** Begins to watch, and gives what stops it. */
export function endWithOther(environment: NodeJS.ProcessEnv = process.env): () => void {
    const text = environment[endsWithVariable];
    if (text === undefined || text === "") return () => undefined;
    if (!/^[1-9]\d*$/.test(text)) {
        throw wrongUsage(`${endsWithVariable} is "${text}"; allowed: the id of the process to end with`);
    }
    const pid = Number(text);
    const startTime = processInfo(pid)?.startTime;
    let goneFor = 0;
    const look = () => {
        if (startTime !== undefined && processInfo(pid)?.startTime === startTime) return;
        if (goneFor === 0 || goneFor >= forceAfterMs) process.kill(process.pid, "SIGTERM");
        goneFor += lookEveryMs;
    };
    const timer = setInterval(look, lookEveryMs).unref();
    return () => clearInterval(timer);
}
