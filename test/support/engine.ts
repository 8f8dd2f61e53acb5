import { execFile } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

/** A container engine that answers, and the environment in which it does. */
export interface Engine {
    name: "docker" | "podman";
    environment: NodeJS.ProcessEnv;
    /** Forgets what it keeps for these tests. */
    close: () => void;
}

/** The machine's engine, else podman of Debian's packages in a directory of its own; undefined where neither answers. */
export async function containerEngine(): Promise<Engine | undefined> {
    for (const name of ["docker", "podman"] as const)
        if (await answers(name, process.env)) return { name, environment: {}, close: () => undefined };
    try {
        return await ownPodman();
    } catch {
        return undefined;
    }
}

async function answers(name: string, env: NodeJS.ProcessEnv): Promise<boolean> {
    return run(name, ["info"], { env, timeout: 20_000 }).then(
        () => true,
        () => false,
    );
}

async function ownPodman(): Promise<Engine | undefined> {
    const cache = join(__dirname, "..", "..", "node_modules", ".cache", "podman");
    const packages = join(cache, "packages");
    if (!existsSync(join(cache, "done"))) {
        await download(cache, packages);
        writeFileSync(join(cache, "done"), "");
    }
    // Sockets below it have short names at most.
    const home = mkdtempSync(join(tmpdir(), "podman-"));
    const bin = join(home, "bin");
    const settings = join(home, ".config", "containers");
    for (const folder of [bin, settings]) mkdirSync(folder, { recursive: true });
    const programs = ["usr/bin/podman", "usr/bin/conmon", "usr/sbin/runc"];
    for (const program of programs) {
        const library = join(packages, "usr", "lib", "x86_64-linux-gnu");
        const script = `#!/bin/sh\nLD_LIBRARY_PATH=${library} exec ${join(packages, program)} "$@"\n`;
        writeFileSync(join(bin, program.split("/").at(-1) ?? ""), script, { mode: 0o755 });
    }
    writeFileSync(join(settings, "policy.json"), '{ "default": [{ "type": "insecureAcceptAnything" }] }');
    writeFileSync(
        join(home, "storage.conf"),
        `[storage]\ndriver = "vfs"\ngraphroot = "${home}/images"\nrunroot = "${home}/run"\n`,
    );
    writeFileSync(
        join(home, "containers.conf"),
        [
            `[engine]\nruntime = "runc"\nconmon_path = ["${bin}/conmon"]\ncgroup_manager = "cgroupfs"\nevents_logger = "file"`,
            `[engine.runtimes]\nrunc = ["${bin}/runc"]`,
            '[containers]\nnetns = "host"\ndefault_ulimits = ["nofile=1024:1024", "nproc=32768:32768"]\n',
        ].join("\n"),
    );
    const environment = {
        HOME: home,
        PATH: `${bin}:${process.env.PATH ?? ""}`,
        CONTAINERS_CONF: join(home, "containers.conf"),
        CONTAINERS_STORAGE_CONF: join(home, "storage.conf"),
    };
    const close = () => rmSync(home, { recursive: true, force: true, maxRetries: 3 });
    if (await answers("podman", { ...process.env, ...environment }))
        return { name: "podman", environment, close };
    close();
    return undefined;
}

/** Packages with what they need, from the package manager's own sources, without touching the machine's. */
async function download(cache: string, packages: string): Promise<void> {
    rmSync(cache, { recursive: true, force: true });
    const [lists, archives] = [join(cache, "lists"), join(cache, "archives")];
    for (const folder of [join(lists, "partial"), join(archives, "partial"), packages])
        mkdirSync(folder, { recursive: true });
    const options = [
        ...[
            "-o",
            `Dir::State::Lists=${lists}`,
            "-o",
            `Dir::Cache=${cache}`,
            "-o",
            `Dir::Cache::archives=${archives}`,
        ],
        ...["-o", "Debug::NoLocking=1", "-o", "APT::Sandbox::User=root", "-y", "--no-install-recommends"],
    ];
    await run("apt-get", [...options, "update"], { timeout: 120_000 });
    await run("apt-get", [...options, "install", "--download-only", "podman", "runc"], { timeout: 120_000 });
    const found = readdirSync(archives).filter((name) => name.endsWith(".deb"));
    for (const name of found) await run("dpkg-deb", ["--extract", join(archives, name), packages]);
    rmSync(archives, { recursive: true });
}

/** An image with a shell, some programs of this machine and a file of its own, made from a directory. */
export async function importImage(
    { name, environment }: Engine,
    image: string,
    marker: string,
): Promise<void> {
    const folder = mkdtempSync(join(tmpdir(), "image-"));
    try {
        const programs = ["sh", "cat", "env", "id", "sleep", "touch"];
        // Programs of the machine with the libraries that they need, at the same places.
        const script = [
            "set -e; mkdir -p bin etc tmp proc sys dev",
            `for name in ${programs.join(" ")}; do cp -L "$(command -v $name)" bin/$name; done`,
            `for file in $(ldd bin/* 2>/dev/null | grep -o '/[^ )]*\\.so[^ )]*' | sort -u); do mkdir -p .$(dirname $file); cp -L $file .$file; done`,
            `echo ${marker} > etc/marker; tar -cf ../${folder.split("/").at(-1) ?? ""}.tar .`,
        ].join("; ");
        await run("sh", ["-c", script], { cwd: folder });
        await run(name, ["import", `${folder}.tar`, image], { env: { ...process.env, ...environment } });
    } finally {
        rmSync(folder, { recursive: true, force: true });
        rmSync(`${folder}.tar`, { force: true });
    }
}
