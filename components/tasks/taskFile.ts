import { createHash } from "node:crypto";
import path from "node:path";
import { chunksOf, lineFault, linesOf } from "../../client/lines";
import type { Environment } from "../taskParts";
import type { TaskArgs } from "../taskCollection";

/** A line of a file of tasks that cannot be read. */
export class TaskLineError extends SyntaxError {
    override readonly name = "TaskLineError";
    /** Number of the line, from 1. */
    readonly line: number;

    constructor(file: string, line: number, reason: string) {
        super(`${file}:${line}: ${reason}`);
        this.line = line;
    }
}

/**
 * Tasks of a file of JSON Lines, one a line, read when somebody wants them. A collection that is given the file itself looks at its bytes
 * alone as long as they are those of the last deployment.
 */
export class TaskFile implements Iterable<TaskArgs> {
    readonly path: string;

    constructor(file: string) {
        this.path = path.resolve(file);
    }

    /** Digest of the bytes of the file. @throws Error when it cannot be read */
    digest(): string {
        const hash = createHash("sha256");
        for (const bytes of chunksOf(this.path)) hash.update(bytes);
        return hash.digest("hex").slice(0, 32);
    }

    /** @throws TaskLineError at a line that is no task */
    *[Symbol.iterator](): Generator<TaskArgs> {
        for (const { task } of this.lines()) yield task;
    }

    /**
     * The tasks with the numbers of their lines, from 1.
     * @param onBytes is given the bytes of the file as they are read
     */
    *lines(onBytes?: (bytes: Buffer) => void): Generator<{ line: number; task: TaskArgs }> {
        let line = 0;
        for (const text of linesOf(this.path, onBytes)) {
            line += 1;
            if (text.trim() === "") continue;
            yield { line, task: this.#parse(text, line) };
        }
    }

    #parse(text: string, line: number): TaskArgs {
        let value: unknown;
        try {
            value = JSON.parse(text);
        } catch (error) {
            throw new TaskLineError(this.path, line, lineFault(text, error));
        }
        if (typeof value !== "object" || value === null || Array.isArray(value))
            throw new TaskLineError(this.path, line, lineFault(text));
        return inOurWords(value as Line);
    }
}

/** A task in a file: in this library's words, or in those of the service. */
interface Line {
    readonly environmentSettings?: readonly { name: string; value: string }[];
    readonly userIdentity?: object;
    readonly user?: object;
    readonly resourceFiles?: readonly object[];
    readonly outputFiles?: readonly object[];
    readonly environment?: Environment;
    readonly constraints?: { readonly maxTaskRetryCount?: number; readonly maxRetries?: number };
    readonly dependsOn?: { readonly taskIdRanges?: unknown; readonly ranges?: unknown };
}

/** What a value object would hold. */
const withBody = (body: object): { body: object } => ({ body });

const isObject = (value: unknown): boolean =>
    typeof value === "object" && value !== null && !Array.isArray(value);

/** What is not of the kind that it should be stays as it is, for the check to find. */
function inOurWords(given: Line): TaskArgs {
    // Some writers of JSON say null where they mean nothing.
    const line = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== null)) as Line;
    const { environmentSettings, userIdentity, ...task } = line;
    const { maxTaskRetryCount, ...constraints } = line.constraints ?? {};
    const { taskIdRanges, ...dependsOn } = line.dependsOn ?? {};
    const listed = Array.isArray(environmentSettings);
    const environment =
        listed && Object.fromEntries(environmentSettings.map(({ name, value }) => [name, value]));
    const user = line.user ?? userIdentity;
    return {
        ...task,
        ...(environment && { environment: { ...environment, ...line.environment } }),
        ...(!listed && environmentSettings !== undefined && { environmentSettings }),
        ...(user !== undefined && { user: withBody(user) }),
        ...(Array.isArray(line.resourceFiles) && { resourceFiles: line.resourceFiles.map(withBody) }),
        ...(Array.isArray(line.outputFiles) && { outputFiles: line.outputFiles.map(withBody) }),
        ...(isObject(line.constraints) && {
            constraints: {
                ...constraints,
                ...(maxTaskRetryCount !== undefined && { maxRetries: maxTaskRetryCount }),
            },
        }),
        ...(isObject(line.dependsOn) && {
            dependsOn: { ...dependsOn, ...(taskIdRanges !== undefined && { ranges: taskIdRanges }) },
        }),
    } as unknown as TaskArgs;
}
