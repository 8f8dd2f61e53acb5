/** Frames that an error needs to show which resource was refused. */
const FRAMES = 3;

/**
 * Makes a child of a construct. The SDK keeps a stack trace with each of the hundred promises of a resource, for its report of those
 * that leak, and it writes all of them at once: half of the time that a program of many resources takes. Within a construct their
 * frames are the same each time, so few are kept.
 */
export function made<T>(make: () => T): T {
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = Math.min(FRAMES, stackTraceLimit);
    try {
        return make();
    } finally {
        Error.stackTraceLimit = stackTraceLimit;
    }
}
