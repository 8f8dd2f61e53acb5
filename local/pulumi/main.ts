// Runs one stand-in: node main.js NAME VERSION [ENGINE_ADDRESS]. The engine starts it through the launcher of `install.ts`.
import { AzureNativePlugin } from "./azure-native/plugin";
import { AzureAdPlugin } from "./azuread/plugin";
import type { Plugin } from "./protocol/plugin";
import { serve } from "./protocol/server";
import { RandomPlugin } from "./random/plugin";

const makers: Readonly<Record<string, () => Plugin>> = {
    "azure-native": () => new AzureNativePlugin(),
    azuread: () => new AzureAdPlugin(),
    random: () => new RandomPlugin(),
};

async function main(): Promise<void> {
    const [name = "", version = "", engineAddress] = process.argv.slice(2);
    const maker = makers[name];
    if (!maker || version === "") {
        process.stderr.write(
            `error: usage: main.js NAME VERSION [ENGINE], where NAME is one of ${Object.keys(makers).join(", ")}\n`,
        );
        process.exitCode = 2;
        return;
    }
    await serve(maker(), version, engineAddress);
}

void main();
