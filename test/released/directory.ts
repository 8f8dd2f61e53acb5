/** A data directory as text: what a released version wrote, kept to be opened by all that come after it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { DatabaseSync, type SQLInputValue } from "node:sqlite";

interface Database {
    layout: number;
    schema: string[];
    rows: Record<string, Record<string, SQLInputValue>[]>;
}

export interface Recorded {
    version: string;
    databases: Record<string, Database>;
    /** Content by path. Keys and certificates are not kept: what has none makes its own. */
    files: Record<string, string>;
}

const databases = ["store/state.db", "storage/metadata.db"];
const folders = ["nodes", "storage"];
const identityFile = "identity/identity.json";

/** Keys of accounts, which are made up in any case. */
const accountKey = /[A-Za-z0-9+/]{86}==/g;

export function record(directory: string, version: string): Recorded {
    const files = folders.flatMap((folder) =>
        readdirSync(path.join(directory, folder), { recursive: true, withFileTypes: true })
            .filter((entry) => entry.isFile() && !/^metadata\.db|^processes$/.test(entry.name))
            .map((entry) => path.relative(directory, path.join(entry.parentPath, entry.name))),
    );
    const identity = JSON.parse(readFileSync(path.join(directory, identityFile), "utf8")) as {
        client: { clientSecret: string };
        identityHeader: string;
    };
    identity.client.clientSecret = "recorded-without-its-secret";
    identity.identityHeader = "recorded-without-its-header";
    return {
        version,
        databases: Object.fromEntries(databases.map((file) => [file, dump(path.join(directory, file))])),
        files: {
            [identityFile]: JSON.stringify(identity),
            ...Object.fromEntries(
                files.sort().map((file) => [file, readFileSync(path.join(directory, file), "utf8")]),
            ),
        },
    };
}

function dump(file: string): Database {
    const database = new DatabaseSync(file, { readOnly: true });
    const all = (sql: string) => database.prepare(sql).all() as Record<string, SQLInputValue>[];
    const master = all("SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL ORDER BY rowid");
    const rows: Database["rows"] = {};
    for (const { type, name } of master) {
        if (type !== "table") continue;
        rows[String(name)] = all(`SELECT * FROM "${String(name)}"`)
            // Whoever opens it has another key.
            .filter((row) => !(name === "settings" && row["name"] === "keyVault.key"))
            .map((row) => {
                const text = JSON.stringify(row).replaceAll(accountKey, `${"A".repeat(86)}==`);
                return JSON.parse(text) as Record<string, SQLInputValue>;
            });
    }
    const layout = Number(all("PRAGMA user_version")[0]?.["user_version"]);
    database.close();
    return { layout, schema: master.map(({ sql }) => String(sql)), rows };
}

export function restore({ databases: recorded, files }: Recorded, directory: string): void {
    for (const [file, content] of Object.entries(files)) {
        const place = path.join(directory, file);
        mkdirSync(path.dirname(place), { recursive: true, mode: 0o700 });
        writeFileSync(place, content, { mode: 0o600 });
    }
    for (const [file, { layout, schema, rows }] of Object.entries(recorded)) {
        const place = path.join(directory, file);
        mkdirSync(path.dirname(place), { recursive: true, mode: 0o700 });
        if (existsSync(place)) throw new Error(`${place} is there already`);
        const database = new DatabaseSync(place);
        for (const sql of schema) database.exec(sql);
        for (const [table, entries] of Object.entries(rows)) {
            for (const row of entries) {
                const names = Object.keys(row);
                const marks = names.map(() => "?").join(", ");
                database
                    .prepare(`INSERT INTO "${table}" ("${names.join('", "')}") VALUES (${marks})`)
                    .run(...Object.values(row));
            }
        }
        database.exec(`PRAGMA user_version = ${layout}`);
        database.close();
    }
    // The mark by which a directory is known for one of ours.
    writeFileSync(path.join(directory, "batchlocal-data"), "", { mode: 0o600 });
}
