import * as random from "@pulumi/random";
import * as pulumi from "@pulumi/pulumi";
import { ID_PATTERN, limits } from "../catalog";
import type { Problems } from "./diagnostics";
import { digest } from "./resolve";
import { made } from "./traces";
import { unknownIsUnchanged } from "./unknowns";

const SUFFIX = 8;

/**
 * A name for a Batch or storage account from any logical name: lower-case letters and digits, 24 characters at most, unique by its
 * random end, which stays the same as long as the resource lives.
 */
export function accountName(name: string, parent: pulumi.Resource): pulumi.Output<string> {
    const letters = name.toLowerCase().replace(/[^a-z0-9]/g, "");
    const base = (letters === "" ? "batch" : letters).slice(0, limits.accountNameMax.value - SUFFIX);
    const suffix = new random.RandomString(
        `${name}-suffix`,
        { length: SUFFIX, special: false, upper: false },
        { parent },
    );
    return pulumi.interpolate`${base}${suffix.result}`;
}

/**
 * An id with a random end that changes whenever `keepers` does. A pool or job whose change needs a new one can so be made before the
 * old one goes: two of one id cannot exist at once. Its start is the logical name of the first deployment: the random resource keeps it,
 * so that a component that is renamed with an alias has its id as before.
 */
export function generatedId(
    name: string,
    keepers: unknown,
    opts: { parent: pulumi.Resource; problems: Problems },
): pulumi.Output<string> {
    const base = name.replace(/[^A-Za-z0-9_-]/g, "-").slice(0, limits.idLength.value - SUFFIX - 1);
    const suffix = made(
        () =>
            new random.RandomString(
                `${name}-suffix`,
                { length: SUFFIX, special: false, upper: false, keepers: { digest: digest(keepers), base } },
                {
                    parent: opts.parent,
                    transformations: [unknownIsUnchanged(["keepers"])],
                    ignoreChanges: ["keepers.base"],
                },
            ),
    );
    return pulumi
        .all([suffix.keepers, suffix.result])
        .apply(([kept, end]) => `${kept?.["base"] ?? base}-${end}`);
}

/** Names that a component had before, as far as its aliases say them at once. */
export function formerNames(opts: pulumi.ResourceOptions | undefined): string[] {
    const aliases = Array.isArray(opts?.aliases)
        ? (opts.aliases as pulumi.Input<pulumi.URN | pulumi.Alias>[])
        : [];
    return aliases.flatMap((alias) =>
        typeof alias === "object" && "name" in alias && typeof alias.name === "string" ? [alias.name] : [],
    );
}

/** A password that meets the rules of Linux and Windows users, drawn once. */
export function drawPassword(name: string, parent: pulumi.Resource): pulumi.Output<string> {
    return new random.RandomPassword(
        `${name}-password`,
        { length: 32, minLower: 1, minUpper: 1, minNumeric: 1, special: false },
        { parent },
    ).result;
}

/** Checks an id that was given. */
export function checkId(id: string, path: string, problems: Problems): void {
    if (ID_PATTERN.test(id)) return;
    problems.add(
        "BATCH1003",
        path,
        `'${id}' is not an id: use 1 to ${limits.idLength.value} letters, digits, hyphens and underscores`,
    );
}
