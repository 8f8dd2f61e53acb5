import { links } from "../../core/links";
import type { Facts } from "../../core/known";
import { resourceRule } from "../../core/rule";
import { wholes } from "../../core/settings";

const ANYBODY = /^(\*|internet|any|0\.0\.0\.0\/0|::\/0)$/i;

/** Whether an inbound NAT pool lets in everybody: the first rule about everybody decides; without any rule all are let in. */
function isOpen(natPool: Facts): boolean {
    const rules = natPool.items("networkSecurityGroupRules");
    const [first] = rules
        .filter((rule) => ANYBODY.test(rule.text("sourceAddressPrefix") ?? ""))
        .sort((left, right) => (left.number("priority") ?? 0) - (right.number("priority") ?? 0));
    return rules.length === 0 || first?.is("access", "Allow") === true;
}

export const networkRules = [
    resourceRule({
        name: "azure-batch-pool-disallow-open-inbound-nat",
        on: "pool",
        title: "No SSH or RDP from anywhere",
        description:
            "SSH and RDP of nodes should not be open to the internet: the ports are found within minutes, and every guess is free.",
        fix: "add networkSecurityGroupRules that allow known addresses alone, or remove the inbound NAT pool",
        link: links.endpoints,
        severity: "critical",
        profile: "essential",
        settings: { ports: wholes([22, 3389], "ports of nodes that must not be open to everybody") },
        check: (pool, { ports }) =>
            pool.each("networkConfiguration.endpointConfiguration.inboundNatPools", (natPool) => {
                const port = natPool.number("backendPort");
                return port !== undefined && ports.includes(port) && isOpen(natPool)
                    ? `${natPool.where("backendPort")} is ${port}, open to everybody.`
                    : undefined;
            }),
    }),
    resourceRule({
        name: "azure-batch-pool-disallow-public-ip",
        on: "pool",
        title: "No public IP addresses",
        description:
            "Nodes should have no public IP address: what has none cannot be reached from the internet at all.",
        fix: 'set networkConfiguration.publicIPAddressConfiguration.provision to "NoPublicIPAddresses", with a subnet that has a way out',
        link: links.noPublicIp,
        severity: "medium",
        profile: "regulated",
        maps: ["baselineNoPublicIp"],
        check: (pool) => {
            const path = "networkConfiguration.publicIPAddressConfiguration.provision";
            return pool.is(path, "NoPublicIPAddresses")
                ? undefined
                : `${path} is ${pool.text(path) ?? "BatchManaged, the default"}.`;
        },
    }),
    resourceRule({
        name: "azure-batch-pool-configure-subnet",
        on: "pool",
        title: "Nodes in a virtual network",
        description:
            "Nodes should be in a subnet of your own: its rules and routes decide what they reach, and private endpoints are within their reach.",
        fix: "set networkConfiguration.subnetId",
        link: links.virtualNetwork,
        severity: "medium",
        profile: "regulated",
        maps: ["baselineVirtualNetwork"],
        check: (pool) =>
            pool.has("networkConfiguration.subnetId")
                ? undefined
                : "networkConfiguration.subnetId is not set.",
    }),
    resourceRule({
        name: "azure-batch-pool-enable-zones",
        on: "pool",
        title: "Nodes across zones",
        description:
            "Nodes should be spread over availability zones: the loss of one zone then takes a part of the pool only.",
        fix: 'set deploymentConfiguration.virtualMachineConfiguration.nodePlacementConfiguration.policy to "Zonal", where the region has zones',
        link: links.zones,
        severity: "low",
        profile: "regulated",
        maps: ["aprlZones", "psRuleZones"],
        check: (pool) => {
            const path =
                "deploymentConfiguration.virtualMachineConfiguration.nodePlacementConfiguration.policy";
            return pool.is(path, "Zonal")
                ? undefined
                : `nodePlacementConfiguration.policy is ${pool.text(path) ?? "Regional, the default"}.`;
        },
    }),
];
