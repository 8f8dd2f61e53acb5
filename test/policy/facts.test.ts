import * as assert from "node:assert/strict";
import {
    hasDigest,
    hasSas,
    isoSeconds,
    limitsWallClock,
    sasExpiry,
    suspectedSecret,
    suspectedSecretVariable,
    taskProfile,
    vmSizeRetirement,
} from "../../catalog";

const SIGNATURE = "sig=c2lnbmF0dXJlLXNpZ25hdHVyZQ%3D%3D";

describe("durations of the service", () => {
    const durations: readonly [string, number | undefined][] = [
        ["PT5M", 300],
        ["P1D", 86_400],
        ["P1DT2H3M4.5S", 93_784.5],
        ["PT0S", 0],
        ["PT1.5H", 5400],
        ["P2DT1S", 172_801],
        ["P", undefined],
        ["PT", undefined],
        ["P1DT", undefined],
        ["5M", undefined],
        ["PT5", undefined],
        ["PT5M ", undefined],
        [" PT5M", undefined],
        ["P1M", undefined],
        ["PT-5M", undefined],
        ["", undefined],
    ];
    for (const [text, seconds] of durations)
        it(`'${text}' is ${seconds ?? "none"}`, () => assert.equal(isoSeconds(text), seconds));

    it("tell a limit from what only looks like one", () => {
        assert.equal(limitsWallClock("P179D"), true);
        assert.equal(limitsWallClock("P180D"), false);
        assert.equal(limitsWallClock("P10675199DT2H48M5.4775807S"), false);
        assert.equal(limitsWallClock(undefined), false);
        assert.equal(limitsWallClock("soon"), false);
    });
});

describe("suspected secrets", () => {
    const suspected: readonly [string, RegExp][] = [
        [`curl 'https://a.blob.core.windows.net/c?sv=1&${SIGNATURE}'`, /a shared access signature/],
        [
            "DefaultEndpointsProtocol=https;AccountName=a;AccountKey=abcdefghijklmnopqrst==;",
            /a storage account key/,
        ],
        [
            "Endpoint=sb://x/;SharedAccessKeyName=k;SharedAccessKey=abcdefghijklmnopqrst=",
            /a shared access key/,
        ],
        ["-----BEGIN RSA PRIVATE KEY-----", /a private key/],
        ["-----BEGIN PRIVATE KEY-----", /a private key/],
        ["run eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2ln", /a token \(JWT\)/],
        [`az login -p abc8Q~${"x".repeat(34)}`, /an Entra client secret/],
        [`git clone with ghp_${"a".repeat(36)}`, /a GitHub token/],
        [`github_pat_${"a".repeat(40)}`, /a GitHub token/],
        ["aws AKIAIOSFODNN7EXAMPLE", /an AWS access key/],
        ["psql postgres://user:hunter2@db/x", /a password in a URL/],
        ["tool --password hunter2", /a password in an argument/],
        ["tool --client-secret=hunter2", /a password in an argument/],
        ["tool -pwd 'hunter2'", /a password in an argument/],
        ["-pwd 1234", /a password in an argument/],
        ["s3://user:hunter2@host", /a password in a URL/],
        ["git+ssh://user:hunter2@host", /a password in a URL/],
        ["DB_PASSWORD=hunter2 tool", /a password in an assignment/],
        ["export API_KEY=abcdef; tool", /a password in an assignment/],
    ];
    for (const [text, what] of suspected)
        it(`are seen in: ${text}`, () => assert.match(suspectedSecret(text) ?? "", what));

    const harmless = [
        "",
        "echo hello",
        "render --frame 7 --output out.png",
        "curl https://a.blob.core.windows.net/c/f",
        "tool --password $PASSWORD",
        "tool --password=@file",
        "tool --token <token>",
        "tool --token --verbose",
        "DB_PASSWORD=$SECRET tool",
        "DB_PASSWORD=%SECRET% tool",
        "psql postgres://db:5432/x",
        "psql postgres://user:$PASSWORD@db/x",
        "python train.py --tokenizer bert --keyframes 24",
        "sig=short",
    ];
    for (const text of harmless)
        it(`are not seen in: ${text}`, () => assert.equal(suspectedSecret(text), undefined));

    it("are seen by the name of a variable too", () => {
        const named = "a value under the name of a secret";
        for (const name of [
            "PASSWORD",
            "db_password",
            "API_KEY",
            "apikey",
            "STORAGE_ACCOUNT_KEY",
            "GITHUB_TOKEN",
            "connectionString",
            "CREDENTIALS",
        ])
            assert.equal(suspectedSecretVariable(name, "hunter2"), named, name);
        assert.match(
            suspectedSecretVariable("MODE", "AccountKey=abcdefghijklmnopqrstu") ?? "",
            /storage account key/,
        );
    });

    it("are not seen where the value is a variable, a path, a switch or a number, or the name is of something else", () => {
        for (const value of [
            "",
            "true",
            "No",
            "4096",
            "$TOKEN",
            "%TOKEN%",
            "/run/secrets/token",
            "./token",
            "C:\\token",
            "~/token",
            "<token>",
        ])
            assert.equal(suspectedSecretVariable("TOKEN", value), undefined, value);
        for (const name of [
            "TOKENIZER",
            "PASSWORD_FILE",
            "KEY",
            "MONKEY",
            "SECRET_NAME",
            "TOKEN_COUNT_LIMIT",
        ])
            assert.equal(suspectedSecretVariable(name, "hunter2"), undefined, name);
    });
});

describe("shared access signatures", () => {
    it("end when their URL says", () => {
        assert.equal(
            sasExpiry(`https://a/c?se=2026-12-01T00%3A00%3A00Z&${SIGNATURE}`),
            Date.parse("2026-12-01T00:00:00Z"),
        );
        assert.equal(sasExpiry(`https://a/c?${SIGNATURE}&se=2026-12-01`), Date.parse("2026-12-01"));
        assert.equal(sasExpiry(`https://a/c?se=2026-12-01&${SIGNATURE}#part`), Date.parse("2026-12-01"));
        assert.equal(sasExpiry(`https://a/c?${SIGNATURE}`), undefined);
        assert.equal(sasExpiry(`https://a/c?se=some%20day&${SIGNATURE}`), undefined);
        assert.equal(sasExpiry("https://a/c?se=2026-12-01"), undefined);
        assert.equal(sasExpiry("https://a/c"), undefined);
    });

    it("are seen in URLs", () => {
        assert.equal(hasSas(`https://a/c?se=1&${SIGNATURE}`), true);
        assert.equal(hasSas(`https://a/c?${SIGNATURE}`), true);
        assert.equal(hasSas("https://a/c?design=1"), false);
        assert.equal(hasSas("https://a/sig=1"), false);
    });
});

describe("names of container images", () => {
    it("pin what is run by a digest alone", () => {
        const digest = "ab".repeat(32);
        assert.equal(hasDigest(`r/i@sha256:${digest}`), true);
        assert.equal(hasDigest(`r/i:3@sha256:${digest.toUpperCase()}`), true);
        for (const image of [
            "r/i",
            "r/i:3",
            `r/i@sha256:${digest}0`,
            `r/i@sha256:${digest.slice(1)}`,
            `r/i-${digest}`,
        ])
            assert.equal(hasDigest(image), false, image);
    });
});

describe("ends of VM sizes", () => {
    const ends: Readonly<Record<string, string | undefined>> = {
        Basic_A1: "2024-08-31",
        Standard_A11: "2024-08-31",
        Standard_A2_v2: "2028-11-15",
        Standard_HB60rs: "2024-08-31",
        "Standard_HB60-15rs": "2024-08-31",
        Standard_HB120rs_v3: undefined,
        Standard_NC24rs_v3: "2025-09-30",
        Standard_NC4as_T4_v3: undefined,
        Standard_NV6_Promo: "2023-09-06",
        Standard_NV12s_v3: "2026-09-30",
        Standard_NV4as_v4: "2026-09-30",
        Standard_NV6ads_A10_v5: undefined,
        Standard_DC2s_v2: "2026-06-30",
        Standard_D2_v2: "2028-05-01",
        Standard_D2s_v5: undefined,
        "": undefined,
    };
    for (const [name, day] of Object.entries(ends))
        it(`${name || "no size"}: ${day ?? "none announced"}`, () =>
            assert.equal(vmSizeRetirement(name)?.date, day));
});

describe("the profile of tasks", () => {
    it("of no task, and of one that says nothing", () => {
        const none = { maxRetries: 0, maxSlots: 1, imagesWithoutDigest: [], secrets: [] };
        assert.deepEqual(taskProfile([]), { tasks: 0, withoutWallClock: 0, ...none });
        assert.deepEqual(taskProfile([{}]), { tasks: 1, withoutWallClock: 1, ...none });
    });

    it("holds the largest of what tasks ask for", () => {
        const profile = taskProfile([
            {
                id: "a",
                commandLine: "x",
                requiredSlots: 3,
                constraints: { maxTaskRetryCount: 2, maxWallClockTime: "PT1H", retentionTime: "P2D" },
            },
            {
                id: "b",
                commandLine: "x",
                requiredSlots: 2,
                constraints: { maxTaskRetryCount: 5, retentionTime: "P1D" },
            },
            { id: "c", commandLine: "x", constraints: { maxWallClockTime: "PT2H", retentionTime: "soon" } },
        ]);
        assert.deepEqual(profile, {
            tasks: 3,
            withoutWallClock: 1,
            maxRetries: 5,
            maxSlots: 3,
            longestRetention: 172_800,
            imagesWithoutDigest: [],
            secrets: [],
        });
    });

    it("takes retries without a limit for the most", () => {
        const retries = (...counts: number[]) =>
            taskProfile(counts.map((maxTaskRetryCount) => ({ constraints: { maxTaskRetryCount } })))
                .maxRetries;
        assert.equal(retries(-1, 5), -1);
        assert.equal(retries(5, -1), -1);
        assert.equal(retries(0, 1), 1);
    });

    it("names images without a digest, each once and five at most", () => {
        const images = (...names: string[]) =>
            taskProfile(names.map((imageName) => ({ containerSettings: { imageName } }))).imagesWithoutDigest;
        assert.deepEqual(images("a:1", "b", "a:1", `c@sha256:${"0".repeat(64)}`), ["a:1", "b"]);
        assert.deepEqual(images("a", "b", "c", "d", "e", "f"), ["a", "b", "c", "d", "e"]);
    });

    it("names places of suspected secrets, five at most, and never a value", () => {
        const profile = taskProfile([
            {
                id: "a",
                commandLine: "tool --password hunter2",
                environmentSettings: [
                    { name: "MODE", value: "x" },
                    { name: "API_KEY", value: "hunter2" },
                    { name: "TOKEN" },
                    {},
                ],
            },
            { commandLine: "AKIAIOSFODNN7EXAMPLE" },
        ]);
        assert.deepEqual(profile.secrets, [
            "task a, command line: a password in an argument",
            "task a, environment variable API_KEY: a value under the name of a secret",
            "task without id, command line: an AWS access key",
        ]);
        assert.doesNotMatch(JSON.stringify(profile), /hunter2/);
        const many = Array.from({ length: 9 }, () => ({
            commandLine: "tool --password hunter2",
            environmentSettings: [{ name: "API_KEY", value: "hunter2" }],
        }));
        assert.equal(taskProfile(many).secrets.length, 5);
    });

    it("says when the first and the last signature end, of resource files and output files alike", () => {
        const url = (day: string): string => `https://a/c?se=${day}&${SIGNATURE}`;
        const profile = taskProfile([
            { resourceFiles: [{ httpUrl: url("2026-12-05") }, {}] },
            {
                resourceFiles: [{ storageContainerUrl: url("2026-12-01") }],
                outputFiles: [{ destination: { container: { containerUrl: url("2026-12-09") } } }, {}],
            },
            { resourceFiles: [{ httpUrl: "https://a/c" }] },
        ]);
        assert.deepEqual(profile.sas, {
            first: "2026-12-01T00:00:00.000Z",
            last: "2026-12-09T00:00:00.000Z",
        });
    });
});
