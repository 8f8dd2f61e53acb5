/** Prints an environment in the words of a shell. */
import type { Changes } from "./environment";
import { wrongUsage } from "./problems";

const writers: Readonly<Record<string, (changes: Changes) => string>> = { sh, powershell, dotenv, json };

export const shells = Object.keys(writers);

export function printed(changes: Changes, shell: string): string {
    const write = Object.hasOwn(writers, shell) ? writers[shell] : undefined;
    if (!write) throw wrongUsage(`--shell '${shell}' is not known; allowed: ${shells.join(", ")}`);
    return write(changes);
}

function sh({ set, unset }: Changes): string {
    const quote = (value: string) => `'${value.replaceAll("'", "'\\''")}'`;
    return lines([
        ...unset.map((name) => `unset ${name}`),
        ...Object.entries(set).map(([name, value]) => `export ${name}=${quote(value)}`),
    ]);
}

function powershell({ set, unset }: Changes): string {
    const quote = (value: string) => `'${value.replaceAll("'", "''")}'`;
    return lines([
        ...unset.map((name) => `Remove-Item Env:${name} -ErrorAction SilentlyContinue`),
        ...Object.entries(set).map(([name, value]) => `$env:${name} = ${quote(value)}`),
    ]);
}

/** Takes nothing away: a .env file cannot. An empty value is the nearest to it. */
function dotenv({ set, unset }: Changes): string {
    const quote = (value: string) =>
        /^[\w./:@%+,-]*$/.test(value) ? value : JSON.stringify(value).replaceAll("$", "\\$");
    return lines([
        ...unset.map((name) => `${name}=`),
        ...Object.entries(set).map(([name, value]) => `${name}=${quote(value)}`),
    ]);
}

/** A variable to take away is null. */
function json({ set, unset }: Changes): string {
    return `${JSON.stringify({ ...Object.fromEntries(unset.map((name) => [name, null])), ...set }, undefined, 4)}\n`;
}

function lines(all: string[]): string {
    return all.map((line) => `${line}\n`).join("");
}
