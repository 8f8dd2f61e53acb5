/** Texts that are secrets by their form. */
const FORMS: readonly (readonly [what: string, form: RegExp])[] = [
    ["a shared access signature", /[?&]sig=[\w%+/=-]{16,}/i],
    ["a storage account key", /\bAccountKey=[\w+/]{20,}/i],
    ["a shared access key", /\bSharedAccessKey=[\w+/]{20,}/i],
    ["a private key", /-----BEGIN (?:[A-Z]+ )*PRIVATE KEY-----/],
    ["a token (JWT)", /\beyJ[\w-]{8,}\.eyJ[\w-]{8,}\.[\w-]+/],
    ["an Entra client secret", /(?<![\w~.-])[\w~.-]{3}8Q~[\w~.-]{31,34}(?![\w~.-])/],
    ["a GitHub token", /\b(?:gh[opsur]_\w{30,}|github_pat_\w{30,})/],
    ["an AWS access key", /\bAKIA[0-9A-Z]{16}\b/],
    ["a password in a URL", /[a-z][\d+.-]*:\/\/[^\s:/@'"]+:(?![%$]\w)[^\s@/'"]{3,}@/i],
    // The value must be there in plain: a variable or a file is the way to pass one.
    [
        "a password in an argument",
        /(?:^|\s)--?(?:password|passwd|pwd|secret|client-secret|token|api-?key|account-?key|sas-token)[= ]+(?![$%@<-])["']?[^\s"']{4,}/i,
    ],
    [
        "a password in an assignment",
        /(?:PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCOUNT_?KEY)=(?![$%@<])["']?[^\s"'$;&|]{4,}/,
    ],
];

/** `-pwd 1234`: no form fits fewer characters, and most values of a million tasks have fewer. */
const SHORTEST = 9;

const NAME =
    /(?:password|passwd|pwd|secret|token|api_?key|account_?key|access_?key|connection_?string|credential)s?$/i;
/** A value under such a name that is a switch, a number, a variable or a path is no secret. */
const HARMLESS = /^(?:|true|false|yes|no|none|null|\d+|[$%].*|(?:[A-Za-z]:)?[./\\~].*|<.*>)$/i;

/** Each form has one of these in it: most texts are looked at once, and not once for each form. */
const HINT = /sig=|key|8q~|eyj|gh[opsur]_|github_pat|akia|:\/\/|pass|pwd|secret|token/i;

/** What kind of secret a text seems to hold; undefined when it looks harmless. It is a suspicion: forms, not knowledge. */
export function suspectedSecret(text: string): string | undefined {
    if (text.length < SHORTEST || !HINT.test(text)) return undefined;
    return FORMS.find(([, form]) => form.test(text))?.[0];
}

/** The same for an environment variable, whose name tells too. */
export function suspectedSecretVariable(name: string, value: string): string | undefined {
    const byForm = suspectedSecret(value);
    if (byForm !== undefined) return byForm;
    return NAME.test(name) && !HARMLESS.test(value) ? "a value under the name of a secret" : undefined;
}

/** When a shared access signature in a URL ends, in milliseconds; undefined for a URL without one, or one without an end. */
export function sasExpiry(url: string): number | undefined {
    const query = /\?([^#]*)/.exec(url)?.[1];
    if (query === undefined) return undefined;
    const values = new URLSearchParams(query);
    const end = values.has("sig") ? Date.parse(values.get("se") ?? "") : Number.NaN;
    return Number.isNaN(end) ? undefined : end;
}

/** Whether a URL carries a shared access signature. */
export function hasSas(url: string): boolean {
    return /[?&]sig=/i.test(url);
}

/** Whether the name of a container image pins what is run: tags move, digests do not. */
export function hasDigest(image: string): boolean {
    return /@sha256:[0-9a-f]{64}$/i.test(image);
}
