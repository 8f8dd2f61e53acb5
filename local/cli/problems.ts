/** What the user is told, without a stack trace, and the exit code that goes with it. */
export class Failure extends Error {
    constructor(
        message: string,
        /** 1 for a failure, 2 for wrong usage; others where a command has its own. */
        readonly exitCode = 1,
    ) {
        super(message);
        this.name = "Failure";
    }
}

export function wrongUsage(message: string): Failure {
    return new Failure(message, 2);
}

const plainCodes: Readonly<Record<string, string>> = {
    ENOSPC: "no space is left on the disk; free some, or choose another place with --data",
    EACCES: "no permission; make it readable and writable for you, or choose another place with --data",
    EPERM: "not permitted; make it readable and writable for you, or choose another place with --data",
    EROFS: "the file system is read-only; choose another place with --data",
    ENOENT: "it cannot be made or is not there; choose another place with --data",
    ENOTDIR: "a part of the path is no directory; choose another place with --data",
    EDQUOT: "your disk quota is used up; free some, or choose another place with --data",
    EMFILE: "too many open files; raise the limit (ulimit -n)",
};

/** One line for an error of whatever kind. */
export function messageOf(error: unknown): string {
    if (!(error instanceof Error)) return String(error);
    const { code, path, syscall } = error as NodeJS.ErrnoException;
    const plain = code === undefined || syscall === undefined ? undefined : plainCodes[code];
    if (plain !== undefined) return path === undefined ? plain : `${path}: ${plain}`;
    return error.message.split("\n").join(" ");
}

/** Errors that are no bug of ours and need no stack trace in the log. */
export function exitCodeOf(error: unknown): number {
    return error instanceof Failure ? error.exitCode : 1;
}
