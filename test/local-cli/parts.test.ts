import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import {
    chooseDataDirectory,
    isDataDirectory,
    prepareDataDirectory,
    removeDataDirectory,
} from "../../local/cli/dataDirectory";
import { applied, clientEnvironment, type ClientFacts } from "../../local/cli/environment";
import { takeLock } from "../../local/cli/lock";
import { openLog, withoutSecrets } from "../../local/cli/logging";
import { readable } from "../../local/cli/logs";
import { parseDelays } from "../../local/cli/delays";
import { parseQuotas } from "../../local/cli/quotasFile";
import { parseElevation, parseHost, parsePort, parseSpeed } from "../../local/cli/options";
import { exitCodeOf, messageOf } from "../../local/cli/problems";
import { printed, shells } from "../../local/cli/shells";
import { Clock } from "../../local/cli/clock";
import { openStore } from "../../local/store";
import { remove, temporaryFolder } from "./support";

describe("cli: parts", () => {
    let folder: string;
    beforeEach(() => (folder = temporaryFolder()));
    afterEach(() => remove(folder));

    describe("the data directory", () => {
        const choose = (given: string | undefined, cwd: string, env: NodeJS.ProcessEnv = {}) =>
            chooseDataDirectory(given, cwd, { HOME: path.join(folder, "home"), ...env });

        it("is what --data says, then what the environment says", () => {
            assert.equal(
                choose("here", folder, { BATCHLOCAL_DATA: "/elsewhere" }),
                path.join(folder, "here"),
            );
            assert.equal(choose(undefined, folder, { BATCHLOCAL_DATA: "/elsewhere" }), "/elsewhere");
            assert.throws(() => choose(" ", folder), /--data needs a directory/);
        });

        it("is .batchlocal of the nearest project above", () => {
            const deep = path.join(folder, "home", "project", "src", "deep");
            mkdirSync(deep, { recursive: true });
            for (const mark of ["package.json", "Pulumi.yaml", "pyproject.toml"]) {
                const file = path.join(folder, "home", "project", mark);
                writeFileSync(file, "");
                assert.equal(choose(undefined, deep), path.join(folder, "home", "project", ".batchlocal"));
                remove(file);
            }
            writeFileSync(path.join(folder, "home", "project", "src", "go.mod"), "");
            assert.equal(choose(undefined, deep), path.join(folder, "home", "project", "src", ".batchlocal"));
        });

        it("is the user's data folder outside of a project, whatever lies in the home folder itself", () => {
            const home = path.join(folder, "home");
            mkdirSync(path.join(home, "x"), { recursive: true });
            writeFileSync(path.join(home, "package.json"), "");
            const expected =
                process.platform === "darwin"
                    ? path.join(home, "Library", "Application Support", "batchlocal")
                    : path.join(home, ".local", "share", "batchlocal");
            assert.equal(choose(undefined, path.join(home, "x")), expected);
            if (process.platform !== "darwin") {
                assert.equal(choose(undefined, home, { XDG_DATA_HOME: "/data" }), "/data/batchlocal");
            }
        });

        it("is made for its owner alone and kept out of version control", () => {
            const directory = path.join(folder, "a", "b");
            prepareDataDirectory(directory);
            prepareDataDirectory(directory);
            assert.equal(statSync(directory).mode & 0o777, 0o700);
            assert.equal(readFileSync(path.join(directory, ".gitignore"), "utf8"), "*\n");
            assert.ok(isDataDirectory(directory));
        });

        it("is never a folder with other files in it, and such a folder is never emptied", () => {
            writeFileSync(path.join(folder, "thesis.txt"), "years of work");
            assert.throws(() => prepareDataDirectory(folder), /has files in it that are not Batch Local's/);
            assert.throws(() => removeDataDirectory(folder), /nothing was removed/);
            assert.throws(() => prepareDataDirectory(path.join(folder, "thesis.txt")), /is no directory/);
            assert.equal(readFileSync(path.join(folder, "thesis.txt"), "utf8"), "years of work");
        });

        it("is removed whole", () => {
            const directory = path.join(folder, "data");
            prepareDataDirectory(directory);
            writeFileSync(path.join(directory, "x"), "");
            removeDataDirectory(directory);
            assert.ok(!existsSync(directory));
            removeDataDirectory(directory);
        });

        it("that cannot be made is told in one line", () => {
            for (const wrong of ["/proc/nothing/here", "/dev/null/x"]) {
                try {
                    prepareDataDirectory(wrong);
                    assert.fail("it was made");
                } catch (error) {
                    assert.match(messageOf(error), /--data/);
                    assert.ok(!messageOf(error).includes("\n"));
                    assert.equal(exitCodeOf(error), 1);
                }
            }
        });
    });

    describe("the lock", () => {
        it("is had by one alone and given back", () => {
            const lock = takeLock(folder);
            assert.ok(lock);
            assert.equal(takeLock(folder), undefined);
            lock.release();
            const again = takeLock(folder);
            assert.ok(again);
            again.release();
        });

        it("of a process that was killed is free at once", () => {
            const script = `
                require("ts-node").register({ transpileOnly: true });
                const { takeLock } = require(process.argv[1]);
                if (!takeLock(process.argv[2])) process.exit(3);
                process.kill(process.pid, "SIGKILL");`;
            const file = path.resolve(__dirname, "../../local/cli/lock.ts");
            assert.throws(
                () =>
                    execFileSync(process.execPath, ["-e", script, file, folder], {
                        cwd: path.resolve(__dirname, "../.."),
                        stdio: "pipe",
                    }),
                (error) => (error as { signal?: string }).signal === "SIGKILL",
            );
            const lock = takeLock(folder);
            assert.ok(lock);
            lock.release();
        });
    });

    describe("flags", () => {
        it("of the wrong kind are refused with what is allowed", () => {
            for (const port of ["0", "65536", "-1", "80.5", "x", "", "1e3"])
                assert.throws(() => parsePort(port), /allowed: 1 to 65535/);
            for (const speed of ["0", "0.5", "-1", "fast", "", "Infinity", "NaN"])
                assert.throws(() => parseSpeed(speed), /allowed: a number from 1/);
            for (const mode of ["", "root", "AS-ME"])
                assert.throws(() => parseElevation(mode), /allowed: sandbox, as-me, refuse/);
            for (const host of ["", "my-machine", "0.0.0.0", "::", "1.2.3"])
                assert.throws(() => parseHost(host), /--host/);
            assert.equal(parsePort("8080"), 8080);
            assert.equal(parseSpeed("2.5"), 2.5);
            assert.equal(parseElevation("as-me"), "as-me");
            assert.equal(parseHost("localhost"), "127.0.0.1");
            for (const delay of ["boot", "boot=", "boot=-1", "boot=x", "start=1", "boot=90000"])
                assert.throws(
                    () => parseDelays([delay]),
                    /allowed: resize=SECONDS, boot=SECONDS, counts=SECONDS/,
                );
            assert.deepEqual(parseDelays(["boot=90", "counts=0.5", "boot=60"]), { boot: 60, counts: 0.5 });
        });

        it("quotas go by the service's names, and a wrong one is named with what is allowed", () => {
            const families = [{ name: "standardDSv5Family", coreQuota: 8 }];
            assert.deepEqual(
                parseQuotas({
                    dedicatedCoreQuota: 20,
                    poolQuota: 0,
                    dedicatedCoreQuotaPerVMFamily: families,
                }),
                { dedicatedCores: 20, pools: 0, dedicatedCoresPerFamily: families },
            );
            const wrong: [unknown, RegExp][] = [
                [[], /the file is no object; allowed: an object with dedicatedCoreQuota/],
                [{ cores: 1 }, /the file has cores; allowed: dedicatedCoreQuota/],
                [{ poolQuota: -1 }, /poolQuota is -1; allowed: a whole number/],
                [{ poolQuota: "3" }, /poolQuota is "3"; allowed: a whole number/],
                [{ dedicatedCoreQuotaPerVMFamily: {} }, /allowed: a list of \{ name, coreQuota \}/],
                [{ dedicatedCoreQuotaPerVMFamily: [{ name: 1, coreQuota: 1 }] }, /\[0\]\.name is 1; allowed/],
                [
                    { dedicatedCoreQuotaPerVMFamily: [{ name: "a" }] },
                    /\[0\]\.coreQuota is undefined; allowed/,
                ],
            ];
            for (const [file, message] of wrong) assert.throws(() => parseQuotas(file), message);
        });
    });

    describe("the environment of clients", () => {
        const facts: ClientFacts = {
            service: {
                version: "1",
                pid: 1,
                processStart: "1",
                startedAt: "",
                files: "/d",
                inMemory: false,
                endpoints: {
                    resourceManager: "https://127.0.0.1:1000",
                    health: "https://127.0.0.1:1000/healthz",
                    managedIdentity: "http://127.0.0.1:1000/msi/token",
                    blob: "https://127.0.0.1:1001",
                    queue: "",
                    table: "",
                },
                subscriptionId: "sub",
                tenantId: "ten",
                accounts: [],
                pids: {},
            },
            secrets: {
                tenantId: "ten",
                subscriptionId: "sub",
                client: { clientId: "cid", clientSecret: "it's $secret", objectId: "oid" },
                identityHeader: "header",
            },
            caFile: "/d/ca.pem",
            caBundleFile: "/d/ca-bundle.pem",
            account: { name: "acct", endpoint: "https://127.0.0.1:1002", key: "k" },
            storageConnectionString: "DefaultEndpointsProtocol=https;AccountName=a",
            azureConfigDirectory: "/d/az",
            path: ["/engine"],
            pulumi: { home: "/d/p", backend: "file:///d/s", passphraseFile: "/d/pass" },
            dataDirectory: "/d",
        };

        it("keeps what the user has set for Pulumi", () => {
            const { set } = clientEnvironment(facts, {
                PULUMI_HOME: "/h",
                PULUMI_BACKEND_URL: "s3://b",
                PULUMI_CONFIG_PASSPHRASE: "",
            });
            for (const name of ["PULUMI_HOME", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE_FILE"])
                assert.equal(set[name], undefined, name);
            const fresh = clientEnvironment(facts, {}).set;
            assert.equal(fresh.PULUMI_HOME, "/d/p");
            assert.equal(fresh.PULUMI_BACKEND_URL, "file:///d/s");
            assert.equal(fresh.PULUMI_CONFIG_PASSPHRASE_FILE, "/d/pass");
        });

        it("takes away what would make a client sign in elsewhere", () => {
            const base = {
                AZURE_CLIENT_SECRET: "real",
                AZURE_TENANT_ID: "real",
                ARM_USE_OIDC: "true",
                ARM_CLIENT_SECRET: "real",
                AZURE_BATCH_ACCESS_KEY: "real",
            };
            const env = applied(base, clientEnvironment({ ...facts, account: undefined }, base));
            for (const name of [
                "AZURE_CLIENT_SECRET",
                "AZURE_TENANT_ID",
                "ARM_USE_OIDC",
                "AZURE_BATCH_ACCESS_KEY",
            ])
                assert.equal(env[name], undefined, name);
            assert.ok(!JSON.stringify(env).includes("real"));
        });

        it("adds to PATH, NO_PROXY and Node's extra roots instead of replacing them", () => {
            const base = {
                PATH: "/bin:/engine",
                NO_PROXY: "example.org",
                NODE_EXTRA_CA_CERTS: "/company.pem",
            };
            const { set } = clientEnvironment(facts, base);
            assert.equal(set.PATH, "/engine:/bin");
            assert.deepEqual(set.NO_PROXY?.split(","), ["example.org", "127.0.0.1", "localhost", "::1"]);
            assert.equal(set.NODE_EXTRA_CA_CERTS, "/d/ca-bundle.pem");
            assert.equal(clientEnvironment(facts, {}).set.NODE_EXTRA_CA_CERTS, "/d/ca.pem");
        });

        it("is printed so that a shell gives it back", () => {
            const base = { AZURE_CLIENT_SECRET: "x", PATH: "/bin" };
            const changes = clientEnvironment(facts, base);
            const script = `AZURE_CLIENT_SECRET=x; export AZURE_CLIENT_SECRET\n${printed(changes, "sh")}\nexec ${process.execPath} -e 'console.log(JSON.stringify(process.env))'`;
            const got = JSON.parse(
                execFileSync("/bin/sh", ["-c", script], { env: {}, encoding: "utf8" }),
            ) as Record<string, string>;
            for (const [name, value] of Object.entries(changes.set)) assert.equal(got[name], value, name);
            assert.equal(got.AZURE_CLIENT_SECRET, undefined);
            const json = JSON.parse(printed(changes, "json")) as Record<string, string | null>;
            assert.equal(json.AZURE_CLIENT_SECRET, null);
            assert.equal(json.ARM_CLIENT_SECRET, "it's $secret");
            assert.match(printed(changes, "powershell"), /^\$env:ARM_CLIENT_SECRET = 'it''s \$secret'$/m);
            assert.match(printed(changes, "dotenv"), /^ARM_CLIENT_SECRET="it's \\\$secret"$/m);
            assert.throws(() => printed(changes, "fish"), new RegExp(`allowed: ${shells.join(", ")}`));
            assert.throws(() => printed(changes, "toString"), /allowed/);
        });
    });

    describe("the log", () => {
        const secret = "c2VjcmV0c2VjcmV0";
        const texts = [
            `https://a/b?sv=1&sig=${secret}&se=2`,
            `Authorization: Bearer eyJhbGciOiJSUzI1NiJ9.${secret}.${secret}`,
            `SharedKey acct:${secret}=`,
            `SharedKeyLite acct:${secret}=`,
            `DefaultEndpointsProtocol=https;AccountKey=${secret}==;X=1`,
            `client_secret=${secret}&scope=x`,
            `token eyJ0eXAiOiJKV1Qi.${secret}.x`,
        ];

        it("never holds a secret, in a text or in a field", () => {
            for (const text of texts) assert.ok(!withoutSecrets(text).includes(secret), withoutSecrets(text));
            assert.equal(
                withoutSecrets("/jobs?$filter=id eq 'a'&timeOut=3"),
                "/jobs?$filter=id eq 'a'&timeOut=3",
            );
            const { logger, close } = openLog(folder);
            for (const text of texts)
                logger.info({ url: text, headers: { authorization: secret }, keys: [secret] }, text);
            logger.error({ err: new Error(texts[0]) }, "failed");
            close();
            const written = readFileSync(path.join(folder, "logs", "service.log"), "utf8");
            assert.equal(written.trim().split("\n").length, texts.length + 1);
            assert.ok(!written.includes(secret));
            assert.equal(statSync(path.join(folder, "logs", "service.log")).mode & 0o777, 0o600);
        });

        it("is readable for people", () => {
            const line = '{"level":40,"time":"2026-01-01T00:00:00.000Z","account":"a","n":1,"msg":"hello"}';
            assert.equal(readable(line), "2026-01-01T00:00:00.000Z WARN  hello account=a n=1");
            assert.equal(readable("no json"), "no json");
        });
    });

    describe("the clock", () => {
        it("runs as much faster as it is told, and never behind what it showed in a former life", () => {
            const store = openStore(":memory:");
            const unexpected = (error: unknown) => assert.fail(String(error));
            const real = new Clock(store, 1, unexpected);
            assert.ok(Math.abs(real.now() - Date.now()) < 1000);
            real.close();
            const fast = new Clock(store, 100_000, unexpected);
            const began = Date.now();
            while (Date.now() - began < 20);
            const shown = fast.now();
            assert.ok(shown - Date.now() > 1_000_000);
            fast.close();
            const later = new Clock(store, 1, unexpected);
            assert.ok(later.now() >= shown);
            later.close();
            store.close();
        });
    });
});
