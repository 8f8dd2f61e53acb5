/** Operating system of the nodes that a command runs on. */
export type Os = "linux" | "windows";

/** One argument of a Linux command line, quoted. */
export function quote(argument: string): string {
    return /^[A-Za-z0-9_\-+=@%:,./]+$/.test(argument) ? argument : `'${argument.replace(/'/g, `'\\''`)}'`;
}

/**
 * A command line that runs a script in a shell. The service itself starts no shell, so variables, pipes and several commands need one.
 * The shell stops at the first command that fails.
 * @param script text, or a list of commands
 */
export function shell(script: string | readonly string[], os: Os = "linux"): string {
    if (os === "linux")
        return `/bin/sh -ec ${quote(typeof script === "string" ? script : script.join("\n"))}`;
    const commands = typeof script === "string" ? script.split(/\r?\n/) : script;
    const joined = commands.filter((command) => command.trim() !== "").join(" && ");
    return `cmd /d /s /c "${joined}"`;
}
