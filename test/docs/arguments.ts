import path from "node:path";
import ts from "typescript";
import { poolProperties } from "../../catalog";
import type { PoolChange, PoolPropertyName } from "../../catalog";
import { root } from "./examples";

/** One argument of a construct, as its source describes it. */
export interface Argument {
    readonly name: string;
    readonly about: string;
    readonly default: string;
    readonly change: string;
}

const INDEX = path.join(root, "components/index.ts");
const CHANGES: Record<PoolChange, string> = {
    inPlace: "in place",
    afterReboot: "in place; nodes that run take it over when they are rebooted",
    afterReimage: "in place; nodes that run take it over when they are reimaged",
    replace: "a new pool, before the old one goes",
};

/** The row of the table of pool properties that an argument of a pool belongs to. */
export const rowOfArgument: Readonly<Record<string, PoolPropertyName>> = {
    image: "deploymentConfiguration",
    vmSize: "vmSize",
    scale: "scaleSettings",
    startTask: "startTask",
    taskSlotsPerNode: "taskSlotsPerNode",
    fill: "taskSchedulingPolicy",
    interNodeCommunication: "interNodeCommunication",
    subnetId: "networkConfiguration",
    network: "networkConfiguration",
    userAccounts: "userAccounts",
    packages: "applicationPackages",
    certificates: "deploymentConfiguration",
    mounts: "mountConfiguration",
    containers: "deploymentConfiguration",
    osDisk: "deploymentConfiguration",
    dataDisks: "deploymentConfiguration",
    diskEncryption: "deploymentConfiguration",
    security: "deploymentConfiguration",
    placement: "deploymentConfiguration",
    extensions: "deploymentConfiguration",
    upgradePolicy: "upgradePolicy",
    serviceArtifactId: "deploymentConfiguration",
    licenseType: "deploymentConfiguration",
    windowsUpdates: "deploymentConfiguration",
    resourceTags: "resourceTags",
    identities: "identity",
    displayName: "displayName",
    metadata: "metadata",
    tags: "tags",
};

/** Reads interfaces of the library's entry. */
export class Arguments {
    readonly #checker: ts.TypeChecker;
    readonly #exports: ReadonlyMap<string, ts.Symbol>;

    constructor() {
        const program = ts.createProgram([INDEX], {
            strict: true,
            skipLibCheck: true,
            target: ts.ScriptTarget.ES2022,
            module: ts.ModuleKind.CommonJS,
            moduleResolution: ts.ModuleResolutionKind.Node10,
            ignoreDeprecations: "5.0",
            esModuleInterop: true,
            types: ["node"],
        });
        this.#checker = program.getTypeChecker();
        const file = program.getSourceFile(INDEX);
        const entry = file === undefined ? undefined : this.#checker.getSymbolAtLocation(file);
        if (entry === undefined) throw new Error(`${INDEX} was not read`);
        this.#exports = new Map(this.#checker.getExportsOfModule(entry).map((one) => [one.name, one]));
    }

    /** All arguments that an exported interface has, those that it inherits too. */
    of(name: string): Argument[] {
        const exported = this.#exports.get(name);
        if (exported === undefined) throw new Error(`the library exports no ${name}`);
        const type = this.#checker.getDeclaredTypeOfSymbol(this.#checker.getAliasedSymbol(exported));
        return type.getProperties().map((property) => {
            const about = ts.displayPartsToString(property.getDocumentationComment(this.#checker));
            const tags = property.getJsDocTags(this.#checker);
            const text = (tag: string): string =>
                ts.displayPartsToString(tags.find((one) => one.name === tag)?.text);
            const optional = (property.flags & ts.SymbolFlags.Optional) !== 0;
            return {
                name: property.name,
                about: oneLine(about),
                default: optional ? oneLine(text("default")) : "required",
                change: changeOf(name, property.name, about),
            };
        });
    }
}

const oneLine = (text: string): string =>
    text
        .replace(/\{@link (\w+(?:\.\w+)?)\}/g, "`$1`")
        .replace(/\s+/g, " ")
        .replace(/\|/g, "\\|")
        .trim();

/** What a change means: of a pool as the catalogue says, of others as their description does. */
function changeOf(construct: string, name: string, about: string): string {
    const row = construct === "PoolArgs" ? rowOfArgument[name] : undefined;
    if (row !== undefined) return CHANGES[poolProperties[row].change];
    if (/changing (?:it|them) replaces/i.test(about)) return "replaces";
    if (/changes? in place/i.test(about)) return "in place";
    return rest.get(construct)?.(name) ?? "";
}

/** Constructs whose other arguments all change in place. */
const rest: ReadonlyMap<string, (name: string) => string> = new Map([
    ["BatchAccountArgs", (name) => (name === "transform" ? "" : "in place")],
]);

/** What the description of a pool's argument must say of a change. */
export const described: Record<PoolChange, RegExp> = {
    inPlace: /change[sd]? in place/i,
    afterReboot: /changes in place.*rebooted/is,
    afterReimage: /changes in place/i,
    replace: /changing (?:it|them) replaces the pool/i,
};

/** A table of arguments, as pages have it. */
export function tableOf(args: readonly Argument[]): string {
    const withChange = args.some(({ change }) => change !== "");
    const rows = args.map(({ name, about, default: otherwise, change }) => {
        // The column says it already.
        const rest = about
            .replace(/(?:^|(?<=[.;:] ))(?:changing (?:it|them) replaces|changes? in place)[^.]*\.? ?/gi, "")
            .trim()
            .replace(/;$/, ".");
        return `| \`${name}\` | ${rest} | ${otherwise} |${withChange ? ` ${change} |` : ""}`;
    });
    return [
        `| argument | | default |${withChange ? " a change |" : ""}`,
        `|---|---|---|${withChange ? "---|" : ""}`,
        ...rows,
    ].join("\n");
}
