import fs from "node:fs";
import path from "node:path";

export const root = path.resolve(__dirname, "../..");

/** One TypeScript example of a page. */
export interface Example {
    /** Page and number, as an identifier. */
    readonly name: string;
    readonly page: string;
    readonly text: string;
}

/** Pages whose examples must compile. */
export const pages: readonly string[] = [
    "README.md",
    "docs/client.md",
    "docs/policy.md",
    ...fs.readdirSync(path.join(root, "docs/constructs")).map((name) => `docs/constructs/${name}`),
];

/** The examples of some pages, as they stand there. */
export function examplesOf(some: readonly string[]): Example[] {
    return some.flatMap((page) => {
        const text = fs.readFileSync(path.join(root, page), "utf8");
        return [...text.matchAll(/```ts\n([\s\S]*?)```/g)].map((match, index) => ({
            name: `${page.replace(/\W/g, "_")}_${index}`,
            page,
            text: match[1] ?? "",
        }));
    });
}

/** What an example registers by a name of its own: two programs with one of these cannot be in one stack. */
const named = ({ text }: Example): string[] =>
    [...text.matchAll(/(?:new\s+[\w.]+|\.\w+)\(\s*"([^"]+)"/g)].map((match) => match[0].replace(/\s+/g, " "));

/** Puts examples together that have no name in common, each as it is, so that few deployments do for all. */
export function inFewStacks(examples: readonly Example[]): Example[][] {
    const groups: { examples: Example[]; names: Set<string> }[] = [];
    for (const example of examples) {
        const names = named(example);
        const group = groups.find((one) => !names.some((name) => one.names.has(name)));
        if (group === undefined) groups.push({ examples: [example], names: new Set(names) });
        else {
            group.examples.push(example);
            for (const name of names) group.names.add(name);
        }
    }
    return groups.map((group) => group.examples);
}
