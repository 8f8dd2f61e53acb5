import { createHash } from "node:crypto";
import fs from "node:fs";
import path from "node:path";
import * as batch from "@pulumi/azure-native/batch";
import * as pulumi from "@pulumi/pulumi";
import { digestOfFile } from "./fileDigest";
import type { AccountReference } from "./accountParts";
import { Problems } from "./diagnostics";
import { applicationPackageProvider } from "./dynamic/providers";
import { entriesOf } from "./dynamic/zip";
import type { PackageReference } from "./poolParts";
import { reported } from "./reported";

/** Arguments of {@link Application}. */
export interface ApplicationArgs {
    /** Changing it replaces the application. It needs linked storage. */
    readonly account: AccountReference;
    /** Name in the account, up to 64 letters, digits, hyphens and underscores; changing it replaces the application. @default the logical name */
    readonly applicationName?: string;
    /**
     * What the application is, a folder or a zip: each content is a version of its own, named by its digest, and the newest is the
     * default. Give this or `versions`.
     */
    readonly files?: string;
    /** Versions by their name, each a folder or a zip. New content under an old name is uploaded again. Give this or `files`. */
    readonly versions?: Readonly<Record<string, string>>;
    /** Version that pools get when they ask for none. @default the last of `versions` */
    readonly defaultVersion?: string;
    /** Whether versions that are no longer declared stay in the account, and the application with them. @default false */
    readonly keepOldVersions?: boolean;
    /** @default none */
    readonly displayName?: pulumi.Input<string>;
    /** Changes the raw arguments of the application at last. */
    readonly transform?: { application?: (args: batch.ApplicationArgs) => batch.ApplicationArgs };
}

class ApplicationPackageResource extends pulumi.dynamic.Resource {
    constructor(name: string, props: Record<string, unknown>, opts: pulumi.CustomResourceOptions) {
        super(
            applicationPackageProvider,
            name,
            { ...props, active: undefined },
            opts,
            "pulumi-azure-batch",
            "ApplicationPackage",
        );
    }
}

const NAME = /^[A-Za-z0-9_-]{1,64}$/;
const VERSION = /^[A-Za-z0-9_.-]{1,64}$/;

/**
 * An application whose packages nodes get before their start task, below `$AZ_BATCH_APP_PACKAGE_name_version`. Folders are zipped, the
 * same content to the same bytes; what has not changed is not uploaded again.
 * @example
 * const ffmpeg = new Application("ffmpeg", { account, versions: { "7.1": "./ffmpeg" } });
 * new Pool("cpu", { account, packages: [ffmpeg.version("7.1")], ... });
 */
@reported({ packages: new Map() })
export class Application extends pulumi.ComponentResource {
    readonly application: batch.Application;
    readonly #applicationName: string;
    /** The packages as dynamic resources, by version. */
    readonly packages: ReadonlyMap<string, pulumi.CustomResource>;
    readonly defaultVersion: string;
    /** Resource id. */
    readonly id: pulumi.Output<string>;

    constructor(name: string, args: ApplicationArgs, opts?: pulumi.ComponentResourceOptions) {
        const problems = new Problems(`Application '${name}'`);
        const versions = readVersions(args, problems);
        const applicationName = args.applicationName ?? name;
        if (!NAME.test(applicationName)) {
            problems.add(
                "BATCH1003",
                "applicationName",
                `'${applicationName}' is not an application name: use 1 to 64 letters, digits, hyphens and underscores`,
            );
        }
        if ("storage" in args.account && args.account.storage === undefined) {
            problems.add(
                "BATCH1018",
                "account",
                "packages are kept in linked storage and the account has none: leave out storage: 'none'",
            );
        }
        const names = [...versions.keys()];
        const defaultVersion = args.defaultVersion ?? names.at(-1) ?? "";
        if (names.length > 0 && !versions.has(defaultVersion)) {
            problems.add(
                "BATCH1003",
                "defaultVersion",
                `'${defaultVersion}' is none of the versions: there are ${names.join(", ")}`,
            );
        }
        problems.throwIfAny();

        super("pulumi-azure-batch:index:Application", name, {}, opts);
        this.#applicationName = applicationName;
        this.defaultVersion = defaultVersion;
        const raw: batch.ApplicationArgs = {
            resourceGroupName: args.account.resourceGroupName,
            accountName: args.account.name,
            applicationName,
            displayName: args.displayName,
            allowUpdates: true,
        };
        this.application = new batch.Application(name, args.transform?.application?.(raw) ?? raw, {
            parent: this,
            // Packages set it, as it must name one of them; the account must be able to enter its storage before there is any.
            ignoreChanges: ["defaultVersion"],
            // The service deletes no application that has packages: they go first, and nodes have the new ones by then.
            deleteBeforeReplace: false,
            retainOnDelete: args.keepOldVersions ?? false,
        });
        this.packages = new Map(
            [...versions].map(([version, { file, hash }]) => [
                version,
                new ApplicationPackageResource(
                    `${name}-${version}`,
                    {
                        applicationId: this.application.id,
                        version,
                        path: file,
                        hash,
                        isDefault: version === defaultVersion,
                        batchCredentials: args.account.batchCredentials,
                    },
                    {
                        parent: this,
                        dependsOn: args.account.storageAccess,
                        retainOnDelete: args.keepOldVersions ?? false,
                    },
                ),
            ]),
        );
        this.id = this.application.id;
        this.registerOutputs({ id: this.id, defaultVersion });
    }

    /**
     * Folder of a version on a Linux node, for command lines that a shell reads. @param version @default the default version
     */
    directory(version: string = this.defaultVersion): string {
        return `$AZ_BATCH_APP_PACKAGE_${`${this.#applicationName}_${version}`.replace(/[^A-Za-z0-9_]/g, "_")}`;
    }

    /** A version for a pool or a task; it is there when its package is active. @param version @default the default version */
    version(version: string = this.defaultVersion): PackageReference {
        const resource = this.packages.get(version);
        if (resource === undefined) {
            throw new Error(
                `there is no version '${version}': there are ${[...this.packages.keys()].join(", ")}`,
            );
        }
        return { applicationId: this.id, version: resource.id.apply(() => version) };
    }
}

function readVersions(
    args: ApplicationArgs,
    problems: Problems,
): Map<string, { file: string; hash: string }> {
    const found = new Map<string, { file: string; hash: string }>();
    if ((args.files === undefined) === (args.versions === undefined)) {
        const code = args.files === undefined ? "BATCH1001" : "BATCH1002";
        problems.add(code, "versions", "give `files`, or `versions` with a folder or zip for each, not both");
        return found;
    }
    if (args.files !== undefined) {
        const hash = contentOf(args.files, "files", problems);
        if (hash !== undefined) found.set(hash.slice(0, 16), { file: path.resolve(args.files), hash });
        return found;
    }
    for (const [version, file] of Object.entries(args.versions ?? {})) {
        const where = `versions["${version}"]`;
        if (!VERSION.test(version)) {
            problems.add(
                "BATCH1003",
                where,
                `'${version}' is not a version: use 1 to 64 letters, digits, dots, hyphens and underscores`,
            );
        }
        const hash = contentOf(file, where, problems);
        if (hash !== undefined) found.set(version, { file: path.resolve(file), hash });
    }
    if (Object.keys(args.versions ?? {}).length === 0)
        problems.add("BATCH1001", "versions", 'an application needs a version: { "1.0": "./folder" }');
    return found;
}

/** A digest of a folder's names, contents and run bits, or of a zip's bytes. */
function contentOf(file: string, where: string, problems: Problems): string | undefined {
    try {
        if (!fs.statSync(file).isDirectory()) {
            if (!file.toLowerCase().endsWith(".zip")) throw new Error("it is neither a folder nor a .zip");
            return digestOfFile(file);
        }
        const entries = entriesOf(file);
        if (entries.length === 0) throw new Error("the folder is empty");
        const hash = createHash("sha256");
        for (const entry of entries)
            hash.update(`${entry.name}\0${entry.executable ? "x" : ""}\0${digestOfFile(entry.path)}\n`);
        return hash.digest("hex");
    } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        problems.add(
            "BATCH1020",
            where,
            `${file} cannot be read (${code ?? message}): give a folder or a zip`,
        );
        return undefined;
    }
}
