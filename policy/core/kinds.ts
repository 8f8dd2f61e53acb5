/** What the rules are about. */
export type Kind =
    | "account"
    | "pool"
    | "application"
    | "package"
    | "job"
    | "tasks"
    | "diagnosticSetting"
    | "metricAlert"
    | "privateEndpoint"
    | "privateDnsZoneGroup";

// A type of azure-native is written plain, with an API version in its module, or in an SDK made for one API version.
const native = (modules: string, name: string): RegExp =>
    new RegExp(`^azure-native(?:_\\w+)?:(?:${modules})(?:/v\\w+)?:${name}$`);
const ours = (name: string): RegExp => new RegExp(`^pulumi-nodejs:dynamic/pulumi-azure-batch:${name}$`);

const types: readonly (readonly [Kind, RegExp])[] = [
    ["account", native("batch", "BatchAccount")],
    ["pool", native("batch", "Pool")],
    ["application", native("batch", "Application")],
    ["package", native("batch", "ApplicationPackage")],
    ["package", ours("ApplicationPackage")],
    ["job", ours("Job(?:Schedule)?")],
    ["tasks", ours("Task(?:Collection)?")],
    ["diagnosticSetting", native("monitor|insights", "DiagnosticSetting")],
    ["metricAlert", native("monitor|insights", "MetricAlert")],
    ["privateEndpoint", native("network", "PrivateEndpoint")],
    ["privateDnsZoneGroup", native("network", "PrivateDnsZoneGroup")],
];

const known = new Map<string, Kind | undefined>();

/** The kind of a resource by its type token; undefined for what no rule is about. */
export function kindOf(type: string): Kind | undefined {
    if (!known.has(type)) known.set(type, types.find(([, pattern]) => pattern.test(type))?.[0]);
    return known.get(type);
}
