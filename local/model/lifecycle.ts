import type { ErrorCodeName as ErrorCode } from "../../catalog";
import type { Instant } from "./instant";

/** What happens when an event meets a state: the next state, a refusal with the service's code, or nothing. */
export type Cell<State extends string> = State | Refusal | typeof ignore;

export interface Refusal {
    readonly refused: ErrorCode;
}

/** The event changes nothing and is no error. */
export const ignore = Symbol("ignore");

export function refusal(code: ErrorCode): Refusal {
    return { refused: code };
}

/** A total table: every event times every state has a cell, or it does not compile. */
export type Lifecycle<Event extends string, State extends string> = Readonly<
    Record<Event, Readonly<Record<State, Cell<State>>>>
>;

/** The part of a record that a move touches. */
export interface Stated<State extends string> {
    state: State;
    stateTransitionTime: Instant;
    previousState?: State;
    previousStateTransitionTime?: Instant;
}

export type Move<Record> =
    { record: Record; refused?: undefined } | { record?: undefined; refused: ErrorCode };

/** Applies one event to a record and stamps the transition. An ignored event gives the record itself back. */
export function move<Event extends string, State extends string, R extends Stated<State>>(
    table: Lifecycle<Event, State>,
    record: R,
    event: Event,
    now: Instant,
): Move<R> {
    const cell = table[event][record.state];
    if (cell === ignore) return { record };
    if (typeof cell !== "string") return { refused: cell.refused };
    if (cell === record.state) return { record };
    return {
        record: {
            ...record,
            state: cell,
            stateTransitionTime: now,
            previousState: record.state,
            previousStateTransitionTime: record.stateTransitionTime,
        },
    };
}
