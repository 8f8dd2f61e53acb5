import * as pulumi from "@pulumi/pulumi";
import { blobsOf, signIn } from "../../client";
import type { Container } from "../container";
import type { TaskArgs } from "../taskCollection";
import { perFile } from "./sources";
import type { TaskMaker } from "./sources";

/** Which blobs of a container. */
export interface BlobsOptions {
    /** Only those whose names start so. @default all */
    readonly prefix?: string;
    /** What must be there before the container is looked at, such as uploaded files. @default nothing */
    readonly dependsOn?: readonly pulumi.Resource[];
}

/**
 * One task for each blob that a container holds when the deployment gets there: `{file}` is its name, `{name}` that without folder and
 * ending. At the preview that makes the container they are not known yet. Who deploys must be allowed to read the container.
 * @example
 * tasks.perBlob(input, { prefix: "scenes/" }, { id: "{name}", commandLine: "render {file}" })
 */
export function perBlob(
    container: Container,
    { prefix, dependsOn = [] }: BlobsOptions,
    maker: TaskMaker<{ readonly file: string; readonly name: string }>,
): pulumi.Output<TaskArgs[]> {
    const config = (key: string): string | undefined => {
        const [space = "", name = ""] = key.split(":");
        return new pulumi.Config(space).get(name);
    };
    const list = async (url: string): Promise<TaskArgs[]> => {
        const { credential } = await signIn(config);
        const names: string[] = [];
        for await (const { name } of blobsOf(url, credential, prefix)) names.push(name);
        return perFile(names, maker);
    };
    const ready = dependsOn.map(({ urn }) => urn);
    return pulumi.all([container.url, ...ready]).apply(([url = ""]) => list(url)) as unknown as pulumi.Output<
        TaskArgs[]
    >;
}
