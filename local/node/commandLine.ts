/** A command line that cannot be split. The message is shown to the user. */
export class CommandLineError extends Error {}

/**
 * Splits a command line into words as a POSIX shell would, without any of its expansions: single quotes keep all, double quotes
 * keep all but `\"`, `\\`, `\$`, `` \` `` and `\` before a line end, outside of quotes a backslash keeps the next character.
 *
 * guess: the service says that no shell runs the line and nothing about quoting; this is what its Linux samples need.
 */
export function splitCommandLine(line: string): string[] {
    const words: string[] = [];
    let word: string | undefined;
    let at = 0;
    while (at < line.length) {
        const char = line.charAt(at);
        if (char === "'") {
            const end = line.indexOf("'", at + 1);
            if (end < 0) throw unbalanced("single quote", at);
            word = (word ?? "") + line.slice(at + 1, end);
            at = end + 1;
        } else if (char === '"') {
            const quoted = readDoubleQuoted(line, at);
            word = (word ?? "") + quoted.text;
            at = quoted.end;
        } else if (char === "\\") {
            if (at + 1 >= line.length)
                throw new CommandLineError("The command line ends with a lone backslash.");
            const next = line.charAt(at + 1);
            if (next !== "\n") word = (word ?? "") + next;
            at += 2;
        } else if (char === " " || char === "\t" || char === "\n" || char === "\r") {
            if (word !== undefined) words.push(word);
            word = undefined;
            at += 1;
        } else {
            word = (word ?? "") + char;
            at += 1;
        }
    }
    if (word !== undefined) words.push(word);
    if (words.length === 0) throw new CommandLineError("The command line has no word in it.");
    if (words.some((text) => text.includes("\0")))
        throw new CommandLineError("The command line holds a NUL character.");
    return words;
}

function readDoubleQuoted(line: string, start: number): { text: string; end: number } {
    let text = "";
    for (let at = start + 1; at < line.length; at += 1) {
        const char = line.charAt(at);
        if (char === '"') return { text, end: at + 1 };
        const next = line.charAt(at + 1);
        if (char === "\\" && next !== "" && '"\\$`\n'.includes(next)) {
            if (next !== "\n") text += next;
            at += 1;
        } else {
            text += char;
        }
    }
    throw unbalanced("double quote", start);
}

function unbalanced(what: string, at: number): CommandLineError {
    return new CommandLineError(`The ${what} at character ${at + 1} of the command line is not closed.`);
}
