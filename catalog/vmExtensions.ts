import type { Source } from "./source";

/** One extension of virtual machines that pools can have. */
export interface VmExtensionRow {
    readonly publisher: string;
    readonly type: string;
    readonly os: "linux" | "windows";
    /** Whether it installs drivers of a GPU, so that it is for sizes that have one. */
    readonly gpu?: true;
    readonly source: Source;
}

const source: Source = {
    title: "Use extensions with Batch pools",
    url: "https://learn.microsoft.com/azure/batch/create-pool-extensions",
    date: "2026-11-27",
};

const row = (publisher: string, type: string, os: "linux" | "windows", gpu?: true): VmExtensionRow => ({
    publisher,
    type,
    os,
    ...(gpu === undefined ? {} : { gpu }),
    source,
});

/** The extensions that the page lists, by their publishers and types; others may have been allowed for an account. */
export const vmExtensions: readonly VmExtensionRow[] = [
    row("Microsoft.Azure.KeyVault", "KeyVaultForLinux", "linux"),
    row("Microsoft.Azure.KeyVault", "KeyVaultForWindows", "windows"),
    row("Microsoft.EnterpriseCloud.Monitoring", "OmsAgentForLinux", "linux"),
    row("Microsoft.EnterpriseCloud.Monitoring", "MicrosoftMonitoringAgent", "windows"),
    row("Microsoft.Powershell", "DSC", "windows"),
    row("Microsoft.Azure.Diagnostics", "IaaSDiagnostics", "windows"),
    row("Microsoft.HpcCompute", "AmdGpuDriverWindows", "windows", true),
    row("Microsoft.HpcCompute", "NvidiaGpuDriverWindows", "windows", true),
    row("Microsoft.HpcCompute", "NvidiaGpuDriverLinux", "linux", true),
    row("Microsoft.Azure.Security", "IaaSAntimalware", "windows"),
    row("Microsoft.Azure.Monitor", "AzureMonitorLinuxAgent", "linux"),
    row("Microsoft.Azure.Monitor", "AzureMonitorWindowsAgent", "windows"),
    row("Microsoft.ManagedServices", "ApplicationHealthLinux", "linux"),
    row("Microsoft.ManagedServices", "ApplicationHealthWindows", "windows"),
    row("Microsoft.Azure.Security.LinuxAttestation", "GuestAttestation", "linux"),
    row("Microsoft.Azure.Security.WindowsAttestation", "GuestAttestation", "windows"),
];

/** Types that the service uses itself, so that no pool can have them. Source: the same page. */
export const reservedVmExtensions: readonly string[] = ["CustomScript", "CustomScriptExtension"];

/** The row of an extension; publisher and type are compared without case. */
export function findVmExtension(extension: { publisher: string; type: string }): VmExtensionRow | undefined {
    const same = (left: string, right: string): boolean => left.toLowerCase() === right.toLowerCase();
    return vmExtensions.find(
        (known) => same(known.publisher, extension.publisher) && same(known.type, extension.type),
    );
}
