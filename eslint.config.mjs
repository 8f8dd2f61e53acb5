import js from "@eslint/js";
import importX from "eslint-plugin-import-x";
import prettier from "eslint-config-prettier";
import tseslint from "typescript-eslint";

// Who may import whom (ARCHITECTURE.md). Arrows go one way; a row lists what a folder must not reach.
const folders = [
    "catalog",
    "autoscale",
    "client",
    "components",
    "policy",
    "local",
    "examples",
    "test",
    "bench",
];
const mayImport = {
    catalog: [],
    autoscale: [],
    client: ["catalog"],
    components: ["client", "autoscale", "catalog"],
    policy: ["autoscale", "catalog"],
    local: ["autoscale", "catalog"],
    examples: [],
};
const topLevelZones = Object.entries(mayImport).map(([folder, allowed]) => ({
    target: `./${folder}`,
    from: folders
        .filter((other) => other !== folder && !allowed.includes(other))
        .map((other) => `./${other}`),
    message: `${folder}/ may import ${allowed.length ? allowed.join(", ") : "nothing"} (ARCHITECTURE.md).`,
}));

// Inside Batch Local: model <- http <- service, arm; store, node and identity know the model alone; cli wires all.
const localParts = [
    "model",
    "http",
    "arm",
    "graph",
    "keyvault",
    "service",
    "scheduler",
    "node",
    "identity",
    "store",
    "storage",
    "pulumi",
    "dashboard",
    "cli",
];
const localMayImport = {
    model: [],
    store: ["model"],
    identity: ["model"],
    node: ["model"],
    storage: ["model", "identity", "http"],
    http: ["model", "identity", "store"],
    scheduler: ["model", "store", "node"],
    service: ["model", "http", "store", "identity", "scheduler"],
    arm: ["model", "http", "store", "identity", "scheduler"],
    graph: ["model", "http", "store", "identity"],
    keyvault: ["model", "http", "store", "identity"],
    pulumi: [],
    dashboard: ["model", "http"],
};
const localZones = Object.entries(localMayImport).map(([part, allowed]) => ({
    target: `./local/${part}`,
    from: localParts
        .filter((other) => other !== part && !allowed.includes(other))
        .map((other) => `./local/${other}`),
    message: `local/${part}/ may import ${allowed.length ? allowed.join(", ") : "nothing"} of local/ (ARCHITECTURE.md).`,
}));

export default tseslint.config(
    { ignores: ["**/dist/**", "**/node_modules/**", "**/generated/**", "**/.batchlocal/**"] },
    js.configs.recommended,
    ...tseslint.configs.strict,
    prettier,
    {
        files: ["**/*.ts"],
        plugins: { "import-x": importX },
        settings: { "import-x/resolver": { node: { extensions: [".ts", ".js"] } } },
        rules: {
            "import-x/no-restricted-paths": ["error", { zones: [...topLevelZones, ...localZones] }],
            "@typescript-eslint/no-explicit-any": "error",
            "@typescript-eslint/no-non-null-assertion": "error",
            "@typescript-eslint/no-unused-vars": [
                "error",
                { argsIgnorePattern: "^_", varsIgnorePattern: "^_" },
            ],
            "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
        },
    },
    {
        // Time is an argument: what is pure never reads a clock, draws a number or looks at the environment.
        files: ["local/model/**/*.ts", "local/scheduler/**/*.ts"],
        ignores: ["local/scheduler/driver.ts"],
        rules: {
            "no-restricted-globals": ["error", "setTimeout", "setInterval", "setImmediate", "process"],
            "no-restricted-properties": [
                "error",
                { object: "Date", property: "now" },
                { object: "Math", property: "random" },
            ],
        },
    },
    {
        files: ["**/*.js"],
        languageOptions: {
            sourceType: "commonjs",
            globals: {
                require: "readonly",
                module: "writable",
                process: "readonly",
                console: "readonly",
                __dirname: "readonly",
                __filename: "readonly",
                setTimeout: "readonly",
                clearTimeout: "readonly",
                setInterval: "readonly",
                clearInterval: "readonly",
                Buffer: "readonly",
                fetch: "readonly",
                URL: "readonly",
            },
        },
        rules: { "@typescript-eslint/no-require-imports": "off" },
    },
);
