import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { skip } from "../support/skip";
import { Local, sh } from "./local";

const run = promisify(execFile);

describe("scenario: multi-instance tasks", function () {
    this.timeout(60_000);
    let local: Local;
    before(async () => {
        local = await Local.start();
    });
    after(() => local.close());

    it("a real MPI program runs over three nodes, with the files that all of them share", async function () {
        this.timeout(180_000);
        const folder = await mpich().catch(() => skip(this, "mpich could not be had from PyPI"));
        await local.pool("mpi", { targetDedicatedNodes: 3, enableInterNodeCommunication: true });
        await local.job("mpi", "mpi");
        const container = await local.container("programs");
        const program = [
            "from mpi4py import MPI",
            "world = MPI.COMM_WORLD",
            "total = world.allreduce(world.Get_rank() + 1)",
            "print(f'rank {world.Get_rank()} of {world.Get_size()} sees {total}', flush=True)",
        ].join("\n");
        await container.getBlockBlobClient("hello.py").upload(program, program.length);
        const python = join(folder, "bin", "python");
        const mpiexec = join(folder, "bin", "mpiexec");
        await local.task(
            "mpi",
            "hello",
            sh(
                `${mpiexec} -launcher fork -hosts $AZ_BATCH_HOST_LIST -n 3 -ppn 1 ${python} $AZ_BATCH_TASK_SHARED_DIR/hello.py`,
            ),
            {
                multiInstanceSettings: {
                    numberOfInstances: 3,
                    coordinationCommandLine: sh(
                        "ls; echo master: $AZ_BATCH_IS_CURRENT_NODE_MASTER; sleep 60 &",
                    ),
                    commonResourceFiles: [{ autoStorageContainerName: "programs" }],
                },
            },
        );
        const info = await local.done("mpi", "hello");
        assert.equal(info["exitCode"], 0, await local.output("mpi", "hello", "stderr.txt"));
        assert.deepEqual((await local.output("mpi", "hello")).trim().split("\n").sort(), [
            "rank 0 of 3 sees 6",
            "rank 1 of 3 sees 6",
            "rank 2 of 3 sees 6",
        ]);
        const subtasks = await local.list("/jobs/mpi/tasks/hello/subtasksinfo");
        assert.deepEqual(
            subtasks.map((one) => [one["id"], one["state"], one["exitCode"]]),
            [
                [1, "completed", 0],
                [2, "completed", 0],
            ],
        );
        for (const { nodeInfo } of subtasks) {
            const files = `/pools/mpi/nodes/${String(nodeInfo?.["nodeId"])}/files`;
            const output = await local.text(`${files}/${String(nodeInfo?.["taskRootDirectory"])}/stdout.txt`);
            assert.equal(output, "hello.py\nmaster: false\n");
        }
        await local.ask("DELETE", "/pools/mpi");
    });

    it("a failed subtask fails its multi-instance task", async () => {
        await local.pool("gang", { targetDedicatedNodes: 2, enableInterNodeCommunication: true });
        await local.job("gang", "gang");
        await local.task("gang", "broken", "true", {
            multiInstanceSettings: {
                numberOfInstances: 2,
                coordinationCommandLine: sh("test $AZ_BATCH_IS_CURRENT_NODE_MASTER = true"),
            },
        });
        const info = await local.done("gang", "broken");
        assert.equal(info["result"], "failure");
        const [subtask] = await local.list("/jobs/gang/tasks/broken/subtasksinfo");
        assert.equal(subtask?.["exitCode"], 1);
        await local.ask("DELETE", "/pools/gang");
    });

    it("stays active in a pool whose nodes may not talk to each other, or that has several slots a node", async () => {
        await local.pool("silent", { targetDedicatedNodes: 2 });
        await local.pool("slots", {
            targetDedicatedNodes: 2,
            enableInterNodeCommunication: true,
            taskSlotsPerNode: 2,
        });
        for (const pool of ["silent", "slots"]) {
            await local.job(pool, pool);
            await local.task(pool, "gang", "true", {
                multiInstanceSettings: { numberOfInstances: 2, coordinationCommandLine: "true" },
            });
            await local.task(pool, "single", "true");
            await local.done(pool, "single");
            assert.equal((await local.get(`/jobs/${pool}/tasks/gang`))["state"], "active");
            await local.ask("DELETE", `/pools/${pool}`);
        }
    });

    it("waits for as many free nodes as it needs, and starts again on all of them when one is lost", async () => {
        const nodes = await local.pool("lost", {
            targetDedicatedNodes: 2,
            enableInterNodeCommunication: true,
        });
        await local.job("lost", "lost");
        const flag = `${local.directory}/second`;
        await local.task("lost", "t", sh(`test -e ${flag} || exec sleep 60`), {
            multiInstanceSettings: { numberOfInstances: 2, coordinationCommandLine: "true" },
        });
        await local.untilState("/jobs/lost/tasks/t", "running");
        const { nodeInfo } = await local.get("/jobs/lost/tasks/t");
        const other = nodes
            .map((node) => String(node["id"]))
            .find((id) => id !== String(nodeInfo?.["nodeId"]));
        const { writeFileSync } = await import("node:fs");
        writeFileSync(flag, "");
        await local.post(`/pools/lost/nodes/${other ?? ""}/reboot`);
        const info = await local.done("lost", "t");
        assert.equal(info["exitCode"], 0);
        assert.equal(info["retryCount"], 0);
        await local.ask("DELETE", "/pools/lost");
    });
});

/** The MPI of the PyPI wheel, taken once and kept. */
async function mpich(): Promise<string> {
    const folder = join(__dirname, "..", "..", "node_modules", ".cache", "mpich");
    if (!existsSync(join(folder, "done"))) {
        await run("python3", ["-m", "venv", folder]);
        await run(join(folder, "bin", "python"), ["-m", "pip", "install", "--quiet", "mpich", "mpi4py"]);
        mkdirSync(join(folder, "done"));
    }
    return folder;
}
