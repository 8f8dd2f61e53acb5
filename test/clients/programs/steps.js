"use strict";
// One line of JSON for each operation that was tried: its name, whether it passed, and the problem if not.
const say = (line) => process.stdout.write(`${JSON.stringify(line)}\n`);

async function step(operation, call, check = () => true) {
    try {
        const value = await call();
        if (!check(value)) throw new Error(`unexpected: ${JSON.stringify(value)}`);
        say({ operation, passed: true });
        return value;
    } catch (error) {
        say({
            operation,
            passed: false,
            problem: `${error.code ?? ""} ${error.message}`.trim().slice(0, 600),
        });
        return undefined;
    }
}

const until = (operation, holds, seconds = 60) =>
    step(operation, async () => {
        for (const deadline = Date.now() + seconds * 1000; !(await holds());) {
            if (Date.now() > deadline) throw new Error(`not within ${seconds} s`);
            await new Promise((resolve) => setTimeout(resolve, 50));
        }
    });

const refused = (operation, call, code) =>
    step(operation, async () => {
        try {
            await call();
        } catch (error) {
            if (`${error.code} ${error.message}`.includes(code)) return;
            throw error;
        }
        throw new Error(`not refused with ${code}`);
    });

async function all(pages) {
    const found = [];
    for await (const each of pages) found.push(each);
    return found;
}

module.exports = { all, refused, step, until };
