import type { BatchTaskContainerSettings } from "../client";
import type * as pulumi from "@pulumi/pulumi";
import { shell } from "./shell";
import type { Os, Script } from "./shell";
import type { Environment, ResourceFile, UserIdentity } from "./taskParts";

/** What a start task can have besides its command. */
export interface StartTaskOptions {
    /** Files that the node gets first. */
    readonly resourceFiles?: readonly ResourceFile[];
    readonly environment?: Environment;
    /** User that it runs as. @default an ordinary user of the pool */
    readonly user?: UserIdentity;
    /** Runs as administrator of the pool; short for `user: UserIdentity.admin()`. @default false */
    readonly elevated?: boolean;
    /** Tries after a failure; -1 for no limit. @default 0 */
    readonly maxRetries?: pulumi.Input<number>;
    /** Nodes take tasks only after it has succeeded. @default true */
    readonly waitForSuccess?: pulumi.Input<boolean>;
    /** Runs it in a container; the pool has to have `containers`. @default on the node itself */
    readonly container?: BatchTaskContainerSettings;
}

/**
 * A task that every node runs when it joins the pool, and again when it is rebooted or reimaged.
 * A change reaches nodes that run already only when they are rebooted.
 */
export class StartTask {
    readonly options: StartTaskOptions;
    readonly #commandLine: (os: Os) => pulumi.Input<string>;

    private constructor(commandLine: (os: Os) => pulumi.Input<string>, options: StartTaskOptions) {
        this.#commandLine = commandLine;
        this.options = options;
    }

    /** A script, run by a shell that stops at the first command that fails; see {@link shell}. */
    static script(script: Script, options: StartTaskOptions = {}): StartTask {
        return new StartTask((os) => shell(script, os), options);
    }

    /** A command line as the service takes it: no shell reads it. */
    static command(commandLine: pulumi.Input<string>, options: StartTaskOptions = {}): StartTask {
        return new StartTask(() => commandLine, options);
    }

    /** The command line on nodes of an operating system. */
    commandLine(os: Os): pulumi.Input<string> {
        return this.#commandLine(os);
    }
}
