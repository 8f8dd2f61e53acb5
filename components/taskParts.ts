import * as pulumi from "@pulumi/pulumi";
import { outputPrefix } from "../client/conventions";
import type { TaskOutputKind } from "../client/conventions";
import type { Container } from "./container";
import { identityReference } from "./identity";
import type { IdentityReference } from "./identity";
import { Sas } from "./sas";

/** Environment of a task: names and values. */
export type Environment = Readonly<Record<string, pulumi.Input<string>>>;

const addressOf = (container: Container | Sas): pulumi.Input<string> =>
    container instanceof Sas ? container.reference : container.url;

interface FileOptions {
    /** Identity of the pool that reads or writes the blob. @default none: the URL must carry its own permission */
    readonly identity?: IdentityReference;
}

/** A resource file as the service takes it, the same in both planes. */
export interface ResourceFileBody {
    readonly httpUrl?: pulumi.Input<string>;
    readonly storageContainerUrl?: pulumi.Input<string>;
    readonly autoStorageContainerName?: pulumi.Input<string>;
    readonly blobPrefix?: pulumi.Input<string>;
    readonly filePath?: pulumi.Input<string>;
    readonly fileMode?: pulumi.Input<string>;
    readonly identityReference?: { resourceId: pulumi.Input<string> };
}

/** A file, or all files of a container, that a node gets before a task runs. */
export class ResourceFile {
    readonly body: ResourceFileBody;
    /** Whether it is got by a {@link Sas}, which is signed when a task is sent. */
    readonly isLink: boolean;

    private constructor(body: ResourceFileBody, from?: unknown) {
        this.body = body;
        this.isLink = from instanceof Sas;
    }

    /**
     * One blob of a container.
     * @param blobName name of the blob, as it is: it is encoded for its URL here
     */
    static fromBlob(
        container: Container,
        blobName: pulumi.Input<string>,
        options: FileOptions & {
            /** Where it goes, relative to the task's working directory. @default the last part of the blob's name */
            filePath?: pulumi.Input<string>;
            /** Mode on Linux, octal. @default "0770" */
            fileMode?: pulumi.Input<string>;
        } = {},
    ): ResourceFile {
        return new ResourceFile({
            httpUrl: container.blobUrl(blobName),
            filePath:
                options.filePath ??
                pulumi.output(blobName).apply((name) => name.slice(name.lastIndexOf("/") + 1)),
            fileMode: options.fileMode,
            identityReference: identityReference(options.identity),
        });
    }

    /** All blobs of a container, or those whose names start with `prefix`; by a link for `Sas.read(container)`. */
    static fromContainer(
        container: Container | Sas,
        options: FileOptions & {
            prefix?: pulumi.Input<string>;
            /** Folder they go to, relative to the task's working directory. @default the working directory itself */
            filePath?: pulumi.Input<string>;
        } = {},
    ): ResourceFile {
        const body = {
            storageContainerUrl: addressOf(container),
            blobPrefix: options.prefix,
            filePath: options.filePath,
            identityReference: identityReference(options.identity),
        };
        return new ResourceFile(body, container);
    }

    /** All blobs of a container of the account's linked storage, by its name, or those whose names start with `prefix`. */
    static fromLinkedStorage(
        containerName: pulumi.Input<string>,
        options: {
            prefix?: pulumi.Input<string>;
            /** Folder they go to, relative to the task's working directory. @default the working directory itself */
            filePath?: pulumi.Input<string>;
            /** Mode on Linux, octal. @default "0770" */
            fileMode?: pulumi.Input<string>;
        } = {},
    ): ResourceFile {
        const { prefix, filePath, fileMode } = options;
        return new ResourceFile({
            autoStorageContainerName: containerName,
            blobPrefix: prefix,
            filePath,
            fileMode,
        });
    }

    /** A file in the service's own words. */
    static of(body: ResourceFileBody): ResourceFile {
        return new ResourceFile(body);
    }

    /** Anything that an HTTP GET gives, or a blob by a link: `Sas.read(container.blobUrl("a.txt"))`. */
    static fromUrl(
        url: pulumi.Input<string> | Sas,
        filePath: pulumi.Input<string>,
        options: { fileMode?: pulumi.Input<string> } = {},
    ): ResourceFile {
        const httpUrl = url instanceof Sas ? url.reference : url;
        return new ResourceFile({ httpUrl, filePath, fileMode: options.fileMode }, url);
    }
}

/** An output file as the data plane takes it. */
export interface OutputFileBody {
    readonly filePattern: pulumi.Input<string>;
    readonly destination: {
        readonly container: {
            readonly containerUrl: pulumi.Input<string>;
            readonly path?: pulumi.Input<string>;
            readonly identityReference?: { resourceId: pulumi.Input<string> };
            readonly uploadHeaders?: readonly { readonly name: string; readonly value?: string }[];
        };
    };
    readonly uploadOptions: { readonly uploadCondition: "tasksuccess" | "taskfailure" | "taskcompletion" };
}

/** Files that a node uploads after a task has run. */
export class OutputFile {
    readonly body: OutputFileBody;

    private constructor(body: OutputFileBody) {
        this.body = body;
    }

    /**
     * Uploads to a container.
     * @param pattern files, relative to the task's working directory; `../stdout.txt` is its standard output
     */
    static toContainer(
        container: Container | Sas,
        pattern: pulumi.Input<string>,
        options: FileOptions & {
            /** Name of the blob, or of the folder when the pattern has wildcards. @default the root of the container */
            path?: pulumi.Input<string>;
            /** @default "tasksuccess" */
            when?: "tasksuccess" | "taskfailure" | "taskcompletion";
            /** Headers of the upload, such as `x-ms-access-tier`. @default none */
            headers?: Readonly<Record<string, string>>;
        } = {},
    ): OutputFile {
        return new OutputFile({
            filePattern: pattern,
            destination: {
                container: {
                    containerUrl: addressOf(container),
                    path: options.path,
                    identityReference: identityReference(options.identity),
                    ...(options.headers && {
                        uploadHeaders: Object.entries(options.headers).map(([name, value]) => ({
                            name,
                            value,
                        })),
                    }),
                },
            },
            uploadOptions: { uploadCondition: options.when ?? "tasksuccess" },
        });
    }

    /** Files in the service's own words. */
    static of(body: OutputFileBody): OutputFile {
        return new OutputFile(body);
    }

    /**
     * Outputs of a task by the File Conventions, where the portal and `JobOutputs` of `pulumi-azure-batch/client` find them: its files as
     * `$TaskOutput`, its stdout.txt and stderr.txt as `$TaskLog`, whatever its end.
     * @param container that of the job: `Container.forJob`
     */
    static conventions(
        container: Container,
        taskId: string,
        options: FileOptions & {
            /** Files relative to the task's working directory, by kind or all as `$TaskOutput`. @default none */
            files?: string | readonly string[] | Readonly<Partial<Record<TaskOutputKind, readonly string[]>>>;
            /** @default true */
            logs?: boolean;
            /** When the files are uploaded; logs always are. @default "tasksuccess" */
            when?: OutputFileBody["uploadOptions"]["uploadCondition"];
        } = {},
    ): OutputFile[] {
        const { files = [], logs = true, when, identity } = options;
        const kinds =
            typeof files === "string"
                ? { $TaskOutput: [files] }
                : Array.isArray(files)
                  ? { $TaskOutput: files as readonly string[] }
                  : (files as Partial<Record<TaskOutputKind, readonly string[]>>);
        const found = Object.entries(kinds).flatMap(([kind, patterns]) =>
            (patterns ?? []).map((pattern) => {
                const folder = outputPrefix(kind as TaskOutputKind, taskId);
                // Of a single file the path is the blob's name, of a pattern the folder of the blobs.
                const path = /[*?[]/.test(pattern)
                    ? folder
                    : `${folder}/${pattern.replace(/^(\.\.\/)+/, "")}`;
                return OutputFile.toContainer(container, pattern, { path, when, identity });
            }),
        );
        if (!logs) return found;
        const log = { path: outputPrefix("$TaskLog", taskId), when: "taskcompletion", identity } as const;
        return [...found, OutputFile.toContainer(container, "../std*.txt", log)];
    }
}

/** A user identity as the data plane writes it; the management plane has the same words with capitals. */
export interface UserIdentityBody {
    readonly username?: string;
    readonly autoUser?: { readonly scope: "task" | "pool"; readonly elevationLevel: "nonadmin" | "admin" };
}

/** The user that a task runs as. */
export class UserIdentity {
    readonly body: UserIdentityBody;

    private constructor(body: UserIdentityBody) {
        this.body = body;
    }

    /** An administrator (root on Linux) that the service makes. */
    static admin(scope: "task" | "pool" = "pool"): UserIdentity {
        return new UserIdentity({ autoUser: { scope, elevationLevel: "admin" } });
    }

    /** An ordinary user that the service makes. */
    static nonAdmin(scope: "task" | "pool" = "pool"): UserIdentity {
        return new UserIdentity({ autoUser: { scope, elevationLevel: "nonadmin" } });
    }

    /** A user in the service's own words. */
    static of(body: UserIdentityBody): UserIdentity {
        return new UserIdentity(body);
    }

    /** A user account of the pool. */
    static named(username: string): UserIdentity {
        return new UserIdentity({ username });
    }
}

/** Environment settings as the service takes them; undefined for none, since empty lists are never sent. */
export function environmentSettings(
    environment: Environment | undefined,
): { name: string; value: pulumi.Input<string> }[] | undefined {
    const entries = Object.entries(environment ?? {});
    return entries.length === 0 ? undefined : entries.map(([name, value]) => ({ name, value }));
}

/** A list as the service takes it: undefined when it is empty. */
export function listOrNothing<T, U>(items: readonly T[] | undefined, map: (item: T) => U): U[] | undefined {
    return items === undefined || items.length === 0 ? undefined : items.map(map);
}
