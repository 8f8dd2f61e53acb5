import { findVmImage, findVmSize, managedImageRetirement, nodeAgents } from "../../../catalog";
import { links } from "../../core/links";
import type { Facts } from "../../core/known";
import { resourceRule } from "../../core/rule";
import { whole } from "../../core/settings";

const MACHINE = "deploymentConfiguration.virtualMachineConfiguration";

const imageOf = (machine: Facts) =>
    findVmImage({
        publisher: machine.text("imageReference.publisher"),
        offer: machine.text("imageReference.offer"),
        sku: machine.text("imageReference.sku"),
    });

const agentOf = (machine: Facts) => {
    const id = machine.text("nodeAgentSkuId")?.toLowerCase();
    return nodeAgents.find((agent) => agent.id.toLowerCase() === id);
};

interface End {
    readonly what: string;
    readonly day: string;
}

/** Which of image and node agent ends first. */
function firstEnd(pool: Facts): End | undefined {
    const machine = pool.at(MACHINE);
    const image = imageOf(machine);
    const agent = agentOf(machine);
    const ends = [
        { what: `the image ${image?.offer} ${image?.sku}`, day: image?.endOfSupport },
        { what: `the node agent ${agent?.id}`, day: agent?.endOfSupport },
    ].filter((end): end is End => end.day !== undefined);
    return ends.sort((left, right) => (left.day < right.day ? -1 : 1))[0];
}

/** A day so many days after another, `YYYY-MM-DD`. */
export function daysAfter(day: string, days: number): string {
    return new Date(Date.parse(`${day}T00:00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);
}

export const imageRules = [
    resourceRule({
        name: "azure-batch-pool-disallow-ended-image",
        on: "pool",
        title: "Image and node agent are supported",
        description:
            "A pool's image and node agent should be supported: after the end the service makes no nodes of them and sets such pools to zero.",
        fix: "choose a supported image with its node agent, such as ubuntu-24_04-lts server with batch.node.ubuntu 24.04",
        link: links.images,
        severity: "high",
        profile: "essential",
        check: (pool, _settings, { today }) => {
            const end = firstEnd(pool);
            return end !== undefined && end.day < today
                ? `Support for ${end.what} ended on ${end.day}.`
                : undefined;
        },
    }),
    resourceRule({
        name: "azure-batch-pool-disallow-ending-image",
        on: "pool",
        title: "Image and node agent stay supported",
        description:
            "The end of support of a pool's image or node agent should not be near: a new image needs tests of everything that runs on it.",
        fix: "plan the change to a newer image",
        link: links.images,
        severity: "medium",
        profile: "recommended",
        settings: { days: whole(180, "days ahead that count as near") },
        check: (pool, { days }, { today }) => {
            const end = firstEnd(pool);
            const near = end !== undefined && end.day >= today && end.day <= daysAfter(today, days);
            return near ? `Support for ${end.what} ends on ${end.day}.` : undefined;
        },
    }),
    resourceRule({
        name: "azure-batch-pool-disallow-managed-image",
        on: "pool",
        title: "No managed images",
        description: `A pool should take its own image from an Azure Compute Gallery: ${managedImageRetirement.what} ended on ${managedImageRetirement.date}.`,
        fix: `use ${managedImageRetirement.instead}`,
        link: links.images,
        severity: "high",
        profile: "essential",
        check: (pool) => {
            const id = pool.text(`${MACHINE}.imageReference.id`);
            return id !== undefined && /\/providers\/Microsoft\.Compute\/images\//i.test(id)
                ? `imageReference.id is the managed image ${id.split("/").at(-1)}.`
                : undefined;
        },
    }),
    resourceRule({
        name: "azure-batch-pool-configure-node-agent",
        on: "pool",
        title: "Node agent fits the image",
        description:
            "The node agent of a pool must be the one for its image: with another the service refuses the pool, or its nodes never come up.",
        fix: "set nodeAgentSkuId to the agent of the image",
        link: links.images,
        severity: "high",
        profile: "essential",
        check: (pool) => {
            const machine = pool.at(MACHINE);
            const image = imageOf(machine);
            const given = machine.text("nodeAgentSkuId");
            if (image === undefined || given === undefined) return undefined;
            return given.toLowerCase() === image.nodeAgentSkuId.toLowerCase()
                ? undefined
                : `nodeAgentSkuId is ${given}, and ${image.offer} ${image.sku} needs ${image.nodeAgentSkuId}.`;
        },
        remedy: (properties) => {
            const { virtualMachineConfiguration: machine } = properties.deploymentConfiguration as {
                virtualMachineConfiguration: { imageReference: object; nodeAgentSkuId: string };
            };
            const { publisher, offer, sku } = machine.imageReference as Record<string, string>;
            const image = findVmImage({ publisher, offer, sku });
            if (image !== undefined) machine.nodeAgentSkuId = image.nodeAgentSkuId;
        },
    }),
    resourceRule({
        name: "azure-batch-pool-configure-image-for-size",
        on: "pool",
        title: "Image fits the VM size",
        description:
            "The image of a pool must be for the processors and the generation of its VM size: otherwise no node of it boots.",
        fix: "choose another image or another VM size",
        link: links.vmSizes,
        severity: "high",
        profile: "essential",
        check: (pool) => {
            const image = imageOf(pool.at(MACHINE));
            const size = findVmSize(pool.text("vmSize") ?? "");
            if (image === undefined || size === undefined) return undefined;
            if (image.architecture !== size.architecture)
                return `${size.name} has ${size.architecture} processors, and ${image.offer} ${image.sku} is for ${image.architecture}.`;
            return size.generations.includes(image.generation)
                ? undefined
                : `${size.name} boots generation ${size.generations.join(" and ")}, and ${image.offer} ${image.sku} is of generation ${image.generation}.`;
        },
    }),
];
