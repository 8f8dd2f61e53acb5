import { idKey } from "../model/ids";
import type { TaskRecord } from "../model/task";
import { endGang } from "./gang";
import type { Turn } from "./turn";
import type { Flight } from "./world";

/**
 * Ends what runs: the process tree goes, and its `ended` event then makes of the task what was asked. A task that only waits for
 * its preparation has no process; it ends at once.
 */
export function stopFlight(turn: Turn, flight: Flight, then: NonNullable<TaskRecord["stopping"]>): void {
    const { gang } = flight;
    const { task: named } = gang?.primary ?? flight;
    if (named) {
        const task = turn.store.tasks.get(named.job, named.id);
        if (task && task.stopping !== "delete" && task.stopping !== then)
            turn.store.tasks.update({ ...task, stopping: then });
    }
    if (gang) {
        endGang(turn, gang, { event: "ended", attempt: gang.primary.attempt, at: turn.now, stopped: true });
        return;
    }
    if (flight.waitsForPreparation) {
        turn.waitingStopped.push(flight);
        return;
    }
    if (flight.stopSent) return;
    flight.stopSent = true;
    turn.do({ do: "stop", attempt: flight.attempt });
    turn.note(named ? `${flight.job ?? ""}/${idKey(named.id)}` : flight.attempt, undefined, "stopping", then);
}
