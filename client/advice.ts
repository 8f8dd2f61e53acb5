/** What to do about a refused sign-in or a missing role; undefined for refusals that say it themselves. */
export function refusalAdvice(status: number, code: string, identity = ""): string | undefined {
    if (status === 401)
        return "Sign in again (az login, or a new secret or federated token where azure-native has its own). If that does not help, the account is of a subscription in another tenant, or this machine's clock is wrong.";
    if (status !== 403 || code === "AccountIsDisabled") return undefined;
    if (code !== "AuthenticationFailed")
        return 'A role is missing there: "Azure Batch Data Contributor" for pools, jobs and tasks, or "Azure Batch Job Submitter" for jobs and tasks alone. One that was given just now takes some minutes to hold.';
    return identity.includes("Shared Key")
        ? "The key is none of that account's, or was one before it was made anew: read it again (az batch account keys list). If it is right, the account takes Entra ID alone (allowedAuthenticationModes), or this machine's clock is more than 15 minutes off."
        : "The account does not take Entra ID: add AAD to its allowedAuthenticationModes, or use a Shared Key.";
}

const CERTIFICATE = /CERT|LEAF_SIGNATURE|ERR_TLS/;

/** What to do where no connection comes about. */
export function connectionAdvice(code: string, host: string): string {
    if (CERTIFICATE.test(code))
        return "Its certificate is not trusted here: if it is of a private CA, set NODE_EXTRA_CA_CERTS to that CA's file.";
    if (/^(127\.|localhost$|\[::1\]$)/.test(host))
        return "Nothing answers there: is Batch Local running (batchlocal status), and the port still its own?";
    return code === "ENOTFOUND"
        ? "There is no such name: does the account still exist, and is this its accountEndpoint?"
        : "Is the address the account's accountEndpoint, and its network access (firewall, private endpoint) open to this machine?";
}
