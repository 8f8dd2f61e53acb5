import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import * as pulumi from "@pulumi/pulumi";
import type { Container } from "./container";
import { Problems } from "./diagnostics";
import { uploadedFilesProvider } from "./dynamic/providers";
import type { FileInput } from "./dynamic/uploadedFiles";
import { reported } from "./reported";

/** One file. */
export interface UploadedFile {
    /** Where the file is, relative to the project's program. */
    readonly path: string;
    /** Name of the blob; slashes make folders. @default the file's own name */
    readonly name?: string;
}

/** Arguments of {@link UploadedFiles}. */
export interface UploadedFilesArgs {
    /** Changing it replaces the files. */
    readonly container: Container;
    /** A folder, taken whole, or a list of files. */
    readonly files: string | readonly (string | UploadedFile)[];
    /** Whether blobs of the container that are not declared here are deleted. @default false */
    readonly deleteExtras?: boolean;
}

class UploadedFilesResource extends pulumi.dynamic.Resource {
    constructor(name: string, props: Record<string, unknown>, opts: pulumi.CustomResourceOptions) {
        super(
            uploadedFilesProvider,
            name,
            { ...props, complete: undefined },
            opts,
            "pulumi-azure-batch",
            "UploadedFiles",
        );
    }
}

/**
 * Files in a container, by content: what has not changed is not uploaded again.
 * @example
 * new UploadedFiles("scripts", { container, files: "./scripts" });
 */
@reported()
export class UploadedFiles extends pulumi.ComponentResource {
    readonly container: Container;
    /** The dynamic resource, for `dependsOn`. */
    readonly resource: pulumi.CustomResource;
    readonly #names: ReadonlySet<string>;
    /** A digest of names and contents: a trigger for what uses the files. */
    readonly digest: string;

    constructor(name: string, args: UploadedFilesArgs, opts?: pulumi.ComponentResourceOptions) {
        const problems = new Problems(`UploadedFiles '${name}'`);
        const files = collect(args.files, problems);
        problems.throwIfAny();

        super("pulumi-azure-batch:index:UploadedFiles", name, {}, opts);
        this.container = args.container;
        this.#names = new Set(files.map((file) => file.name));
        this.digest = digestOfFiles(files);
        this.resource = new UploadedFilesResource(
            name,
            {
                endpoint: args.container.storage.blobEndpoint,
                containerName: args.container.containerName,
                files,
                deleteExtras: args.deleteExtras ?? false,
                batchCredentials: args.container.storage.batchCredentials,
            },
            {
                parent: this,
                dependsOn: args.container.storage.access,
                deletedWith: args.container.blobContainer,
            },
        );
        this.registerOutputs({ digest: this.digest });
    }

    /** Name of an uploaded blob, known when it is uploaded. */
    blob(name: string): pulumi.Output<string> {
        if (!this.#names.has(name)) {
            throw new Error(
                `no file is uploaded as '${name}': there are ${[...this.#names].slice(0, 10).join(", ")}`,
            );
        }
        return this.resource.id.apply(() => name);
    }
}

function digestOfFiles(files: readonly FileInput[]): string {
    const hash = createHash("sha256");
    for (const file of files) hash.update(`${file.name}\0${file.hash}\n`);
    return hash.digest("hex").slice(0, 32);
}

function collect(given: UploadedFilesArgs["files"], problems: Problems): FileInput[] {
    const list =
        typeof given === "string"
            ? folder(given, problems)
            : given.map((file) => (typeof file === "string" ? { path: file } : file));
    const seen = new Map<string, string>();
    const files: FileInput[] = [];
    list.forEach((file, index) => {
        const name = file.name ?? path.basename(file.path);
        const where = `files[${index}]`;
        const first = seen.get(name);
        if (first !== undefined) {
            problems.add(
                "BATCH1021",
                where,
                `${file.path} and ${first} would both be the blob '${name}': give one of them another \`name\``,
            );
        }
        seen.set(name, file.path);
        const content = hashFile(file.path, where, problems);
        if (content !== undefined) files.push({ name, path: path.resolve(file.path), ...content });
    });
    return files;
}

function folder(root: string, problems: Problems): UploadedFile[] {
    try {
        return fs
            .readdirSync(root, { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile())
            .map((entry) => path.join(entry.parentPath, entry.name))
            .sort()
            .map((file) => ({ path: file, name: path.relative(root, file).split(path.sep).join("/") }));
    } catch (error) {
        problems.add(
            "BATCH1020",
            "files",
            `the folder ${root} cannot be read (${(error as NodeJS.ErrnoException).code}): give a folder or a list of files`,
        );
        return [];
    }
}

// In pieces: a file may be larger than memory.
function hashFile(
    file: string,
    where: string,
    problems: Problems,
): { hash: string; size: number } | undefined {
    const hash = createHash("sha256");
    const buffer = Buffer.allocUnsafe(1024 * 1024);
    let size = 0;
    try {
        const handle = fs.openSync(file, "r");
        try {
            for (let read = 1; read > 0; size += read) {
                read = fs.readSync(handle, buffer);
                hash.update(buffer.subarray(0, read));
            }
        } finally {
            fs.closeSync(handle);
        }
        return { hash: hash.digest("hex"), size };
    } catch (error) {
        problems.add(
            "BATCH1020",
            where,
            `${file} cannot be read (${(error as NodeJS.ErrnoException).code}): is the path right, and is it a file?`,
        );
        return undefined;
    }
}
