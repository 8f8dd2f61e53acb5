import { retirements } from "../../../catalog";
import { links } from "../../core/links";
import type { Link } from "../../core/links";
import { resourceRule } from "../../core/rule";
import type { ResourceRule } from "../../core/rule";

/** A rule for a part of the service that is gone: what the service refuses anyway can be left out safely. */
function gone(
    name: "certificates" | "applicationLicenses" | "cloudServiceConfiguration",
    noun: string,
    link: Link,
    removable: boolean,
): ResourceRule {
    const { what, date, instead, properties } = retirements[name];
    const [path] = properties;
    const top = path.split(".", 1)[0] ?? path;
    return resourceRule({
        name: `azure-batch-pool-disallow-${noun}`,
        on: "pool",
        title: `No ${noun.replaceAll("-", " ")}`,
        description: `A pool must not use ${what}: they ended on ${date}, and the service refuses the pool.`,
        fix: `use ${instead}`,
        link,
        severity: "high",
        profile: "essential",
        check: (pool) => (pool.has(path) ? `${path} is set.` : undefined),
        ...(removable
            ? { remedy: (given: Record<string, unknown>) => void Reflect.deleteProperty(given, top) }
            : {}),
    });
}

export const retiredRules = [
    gone("certificates", "certificates", links.keyVaultCertificates, true),
    gone("applicationLicenses", "application-licenses", links.bestPractices, true),
    gone("cloudServiceConfiguration", "cloud-service-configuration", links.nodesAndPools, false),
    resourceRule({
        name: "azure-batch-pool-configure-simplified-communication",
        on: "pool",
        title: "Simplified node communication",
        description: `Nodes should talk to the service in the simplified mode: the classic one ended on ${retirements.classicNodeCommunication.date} and needs open inbound ports.`,
        fix: 'set targetNodeCommunicationMode to "Simplified" or leave it out',
        link: links.simplified,
        severity: "high",
        profile: "essential",
        maps: ["practiceSimplified"],
        check: (pool) =>
            pool.is("targetNodeCommunicationMode", "Classic")
                ? "targetNodeCommunicationMode is Classic."
                : undefined,
        remedy: (properties) => {
            properties.targetNodeCommunicationMode = "Simplified";
        },
    }),
];
