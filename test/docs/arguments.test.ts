import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { poolProperties } from "../../catalog";
import { Arguments, described, rowOfArgument, tableOf } from "./arguments";
import { pages, root } from "./examples";

/** `<!-- arguments of PoolArgs -->`, the table, `<!-- end of arguments -->`. */
const PLACE = /(<!-- arguments of (\w+) -->\n)([\s\S]*?)(<!-- end of arguments -->)/g;
const update = process.env["UPDATE_DOCS"] === "1";

/** Those of a job's own pool are those of a pool. */
const apart = new Set(["AutoPoolArgs"]);

describe("the tables of arguments", function () {
    this.timeout(120_000);
    let library: Arguments;
    before(() => {
        library = new Arguments();
    });

    it("say what the source and the catalogue say", () => {
        const stale: string[] = [];
        for (const page of pages) {
            const file = path.join(root, page);
            const text = fs.readFileSync(file, "utf8");
            const next = text.replace(
                PLACE,
                (_all, begin: string, name: string, _table, end: string) =>
                    `${begin}\n${tableOf(library.of(name))}\n\n${end}`,
            );
            if (next === text) continue;
            if (update) fs.writeFileSync(file, next);
            else stale.push(page);
        }
        assert.deepEqual(stale, [], "UPDATE_DOCS=1 npm test -- docs/arguments writes them");
    });

    it("are there for the arguments of every construct", () => {
        const all = pages.map((page) => fs.readFileSync(path.join(root, page), "utf8")).join("\n");
        const there = new Set([...all.matchAll(PLACE)].map((match) => match[2]));
        const index = fs.readFileSync(path.join(root, "components/index.ts"), "utf8");
        const names = [...index.matchAll(/\b([A-Z]\w+Args)\b/g)].map(([, name = ""]) => name);
        const constructs = new Set(
            [...index.matchAll(/export \{ ([^}]+) \} from/g)].flatMap(([, list = ""]) => list.split(", ")),
        );
        const missing = names.filter(
            (name) => constructs.has(name.replace(/Args$/, "")) && !there.has(name) && !apart.has(name),
        );
        assert.deepEqual(missing, []);
    });

    it("describe each argument of a pool as the catalogue does, and every row of it has an argument", () => {
        const args = library.of("PoolArgs");
        for (const { name } of args) {
            const row = rowOfArgument[name];
            if (row === undefined) continue;
            const source = fs.readFileSync(path.join(root, "components/poolArgs.ts"), "utf8");
            const comment =
                new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s*readonly ${name}\\?`).exec(source)?.[1] ??
                new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\s*readonly ${name}:`).exec(source)?.[1] ??
                "";
            assert.match(comment.replace(/\s*\*\s*/g, " "), described[poolProperties[row].change], name);
        }
        const covered = new Set(Object.values(rowOfArgument));
        // Retired ones, and one that only `transform` reaches.
        for (const name of ["certificates", "applicationLicenses", "targetNodeCommunicationMode"] as const)
            covered.add(name);
        assert.deepEqual([...covered].sort(), Object.keys(poolProperties).sort());
        const others = args.map(({ name }) => name).filter((name) => rowOfArgument[name] === undefined);
        assert.deepEqual(others.sort(), [
            "account",
            "acknowledge",
            "poolId",
            "price",
            "rollout",
            "transform",
        ]);
    });
});
