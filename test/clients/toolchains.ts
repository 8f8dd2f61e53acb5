import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { run } from "./support";

const setup = createRequire(__filename)("../../setup/common.js") as {
    cacheFolder(): string;
    withLock<T>(file: string, log: (line: string) => void, work: () => Promise<T>): Promise<T>;
};

/** A folder outside the work tree, made once for what it is made of. */
async function kept(of: readonly string[], make: (folder: string) => Promise<void>): Promise<string> {
    const name = createHash("sha256").update(of.join("\n")).digest("hex").slice(0, 12);
    const parent = path.join(setup.cacheFolder(), "clients");
    const folder = path.join(parent, name);
    const mark = path.join(folder, "complete");
    if (existsSync(mark)) return folder;
    const quiet = () => undefined;
    await setup.withLock(path.join(parent, `${name}.lock`), quiet, async () => {
        if (existsSync(mark)) return;
        mkdirSync(folder, { recursive: true });
        await make(folder);
        writeFileSync(mark, of.join("\n"));
    });
    return folder;
}

async function must(
    program: string,
    args: readonly string[],
    options: Parameters<typeof run>[2] = {},
): Promise<string> {
    const { code, stdout, stderr } = await run(program, args, options);
    if (code === 0) return stdout;
    const words = stderr.trim().split("\n").at(-1) ?? "";
    throw new Error(`${path.basename(program)} ${args.join(" ").slice(0, 200)}: ${words}`);
}

/**
 * A Python with these packages: the folder of its programs.
 * @throws where Python, or the packages, cannot be had
 */
export async function python(packages: readonly string[]): Promise<string> {
    const folder = await kept(packages, async (made) => {
        await must("python3", ["-m", "venv", "--clear", made]);
        const pip = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check"];
        await must(path.join(made, "bin/python"), [...pip, ...packages]);
    });
    return path.join(folder, "bin");
}

/** The environment in which a Python with these packages comes first. */
export async function withPython(packages: readonly string[]): Promise<NodeJS.ProcessEnv> {
    return { PATH: `${await python(packages)}${path.delimiter}${process.env.PATH ?? ""}` };
}

const contents = (files: readonly string[]) => files.map((file) => readFileSync(file, "utf8"));

/**
 * The class path of Java sources, compiled with these artifacts (`group:artifact:version`) and what they need.
 * @throws where a JDK, Maven or the artifacts cannot be had
 */
export async function javaClasses(artifacts: readonly string[], sources: readonly string[]): Promise<string> {
    const folder = await kept([...artifacts, ...contents(sources)], async (made) => {
        const dependencies = artifacts.map((artifact) => {
            const [group = "", name = "", version = ""] = artifact.split(":");
            const where = `<groupId>${group}</groupId><artifactId>${name}</artifactId><version>${version}</version>`;
            return `<dependency>${where}</dependency>`;
        });
        const own = "<groupId>client</groupId><artifactId>client</artifactId><version>1</version>";
        const model = "<modelVersion>4.0.0</modelVersion>";
        writeFileSync(
            path.join(made, "pom.xml"),
            `<project>${model}${own}<dependencies>${dependencies.join("")}</dependencies></project>`,
        );
        const output = "-Dmdep.outputFile=classpath";
        await must("mvn", ["-q", "-B", "dependency:build-classpath", output], { directory: made });
        const classPath = readFileSync(path.join(made, "classpath"), "utf8");
        await must("javac", ["-nowarn", "-cp", classPath, "-d", path.join(made, "classes"), ...sources]);
    });
    const classPath = readFileSync(path.join(folder, "classpath"), "utf8");
    return [path.join(folder, "classes"), classPath].join(path.delimiter);
}

/**
 * The program that a Go source becomes with these modules (`path@version`).
 * @throws where Go or the modules cannot be had
 */
export async function goProgram(modules: readonly string[], source: string): Promise<string> {
    const folder = await kept([...modules, ...contents([source])], async (made) => {
        copyFileSync(source, path.join(made, "main.go"));
        writeFileSync(path.join(made, "go.mod"), "module client\n\ngo 1.21\n");
        const options = { directory: made, env: { GOFLAGS: "-mod=mod" } };
        await must("go", ["get", ...modules], options);
        await must("go", ["build", "-o", "program", "."], options);
    });
    return path.join(folder, "program");
}
