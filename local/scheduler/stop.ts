import { idKey } from "../model/ids";
import type { TaskRecord } from "../model/task";
import type { Turn } from "./turn";
import type { Flight } from "./world";

/**
 * Ends what runs: the process tree goes, and its `ended` event then makes of the task what was asked. A task that only waits for
 * its preparation has no process; it ends at once.
 */
export function stopFlight(turn: Turn, flight: Flight, then: NonNullable<TaskRecord["stopping"]>): void {
    if (flight.task) {
        const task = turn.store.tasks.get(flight.task.job, flight.task.id);
        if (task && task.stopping !== "delete") turn.store.tasks.update({ ...task, stopping: then });
    }
    if (flight.waitsForPreparation) {
        turn.waitingStopped.push(flight);
        return;
    }
    if (flight.stopSent) return;
    flight.stopSent = true;
    turn.do({ do: "stop", attempt: flight.attempt });
    turn.note(
        flight.task ? `${flight.job ?? ""}/${idKey(flight.task.id)}` : flight.attempt,
        undefined,
        "stopping",
        then,
    );
}
