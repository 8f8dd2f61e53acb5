/** `--delay NAME=SECONDS`: how long the service takes for what is done at once here unless told otherwise. */
import { wrongUsage } from "./problems";

/** Seconds of the service's clock, which `--speed` lets run faster. */
export interface Delays {
    /** Until a machine is there, from `creating` to `starting`. @default 0 */
    resize?: number;
    /** Until it has booted. @default 0 */
    boot?: number;
    /** How far counts of tasks and nodes may lag behind. @default 0 */
    counts?: number;
}

const names = ["resize", "boot", "counts"] as const;

/** Each of the texts names one; the last one of a name counts. */
export function parseDelays(texts: readonly string[]): Delays {
    const delays: Delays = {};
    for (const text of texts) {
        const [given = "", value = ""] = text.split("=");
        const name = names.find((each) => each === given);
        const seconds = Number(value);
        if (!name || value.trim() === "" || !(seconds >= 0 && seconds <= 86_400)) {
            throw wrongUsage(
                `--delay '${text}' is no delay; allowed: ${names.map((each) => `${each}=SECONDS`).join(", ")}, each from 0 to 86400`,
            );
        }
        delays[name] = seconds;
    }
    return delays;
}
