import type { NodeEvent } from "../model/agent";
import { handleEvent } from "./events";
import { gangEnded } from "./gang";
import { settleJob } from "./jobs";
import { settlePool } from "./pools";
import { settleSchedule } from "./schedules";
import { requeueFlight } from "./taskEnd";
import type { Turn } from "./turn";

/** More steps than a healthy turn ever takes: a rule that touches itself for ever is a bug, not a hang. */
const most = 100_000;

/** Takes in what nodes reported, then settles whatever was touched until nothing is. */
export function step(turn: Turn, events: readonly NodeEvent[]): void {
    for (const event of events) handleEvent(turn, event);
    for (let steps = 0; ; steps += 1) {
        for (const flight of turn.waitingStopped.splice(0)) {
            if (flight.gang) gangEnded(turn, flight.gang);
            else requeueFlight(turn, flight, "stopped while it waited for preparation");
        }
        const touched = turn.takeTouched();
        if (!touched) return;
        if (steps > most)
            throw new Error(`the scheduler does not come to rest: ${touched.kind} ${touched.key}`);
        if (touched.kind === "pool") settlePool(turn, touched.key);
        else if (touched.kind === "job") settleJob(turn, touched.key);
        else settleSchedule(turn, touched.key);
    }
}
