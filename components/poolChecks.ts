import * as pulumi from "@pulumi/pulumi";
import { review } from "../autoscale";
import { findVmExtension, findVmSize, limits, maxTaskSlots, vmSizeRetirement } from "../catalog";
import { Problems, tell, warn } from "./diagnostics";
import { readDuration } from "./durations";
import { identityId } from "./identity";
import { certificateExtension, certificateIdentities } from "./certificate";
import type { PoolSettings } from "./poolArgs";
import { checkParts } from "./poolPartChecks";
import type { PoolSpec } from "./raw/pool";
import { Scale } from "./scale";
import type { VmImage } from "./vmImage";

const NEAR_END_DAYS = 180;

/** What the arguments say of a pool, checked: what is wrong with them is added to `problems`. */
export function readPool(args: PoolSettings, problems: Problems): PoolSpec {
    const scale = args.scale ?? Scale.fixed({});
    const certificates = args.certificates ?? [];
    const brought = certificateExtension(certificates, args.image.os);
    const spec: PoolSpec = {
        ...args,
        scale: checkScale(scale, args, problems),
        resizeTimeout:
            scale.kind === "fixed"
                ? readDuration(scale.resizeTimeout, "scale.resizeTimeout", problems, {
                      min: limits.resizeTimeoutMin.value,
                  })
                : undefined,
        evaluationInterval:
            scale.kind === "auto"
                ? readDuration(scale.interval, "scale.interval", problems, {
                      min: limits.evaluationIntervalMin.value,
                      max: limits.evaluationIntervalMax.value,
                  })
                : undefined,
        vmSize: problems.check(args.vmSize, (size, found) => checkSize(size, args.image, found)),
        taskSlotsPerNode: checkSlots(args, problems),
        fill: args.fill ?? "spread",
        interNodeCommunication: args.interNodeCommunication ?? false,
        identityIds: [...(args.identities ?? []).map(identityId), ...certificateIdentities(certificates)],
        extensions: [...(brought === undefined ? [] : [brought]), ...(args.extensions ?? [])],
        upgradePause: readDuration(
            args.upgradePolicy?.rolling?.pauseBetweenBatches,
            "upgradePolicy.rolling.pauseBetweenBatches",
            problems,
        ),
    };
    checkParts(args, problems);
    try {
        args.startTask?.commandLine(args.image.os);
    } catch (error) {
        problems.add("BATCH1020", "startTask", (error as Error).message);
    }
    checkSupport(args, problems);
    return spec;
}

function checkSize(vmSize: string, image: VmImage, problems: Problems): void {
    const size = findVmSize(vmSize);
    if (size === undefined || image.row === undefined) return;
    const { architecture, generation, offer, sku } = image.row;
    if (size.architecture !== architecture) {
        problems.add(
            "BATCH1010",
            "vmSize",
            `${vmSize} has ${size.architecture} processors and ${offer} ${sku} is for ${architecture}: choose another image or size`,
        );
    } else if (!size.generations.includes(generation)) {
        problems.add(
            "BATCH1010",
            "vmSize",
            `${vmSize} boots images of generation ${size.generations.join(" or ")} and ${offer} ${sku} is of generation ${generation}: choose another image or size`,
        );
    }
}

function checkSlots(args: PoolSettings, problems: Problems): pulumi.Input<number> {
    const both = args.taskSlotsPerNode ?? 1;
    const check = (slots: number, vmSize: string | undefined, found: Problems): void => {
        const size = vmSize === undefined ? undefined : findVmSize(vmSize);
        const most = size === undefined ? limits.taskSlotsPerNode.value : maxTaskSlots(size.cores);
        if (Number.isInteger(slots) && slots >= 1 && slots <= most) return;
        const why = size === undefined ? "" : `, as ${size.name} has ${size.cores} cores`;
        found.add(
            "BATCH1012",
            "taskSlotsPerNode",
            `${slots} task slots a node: it can be 1 to ${most}${why}`,
        );
    };
    const plainSize = typeof args.vmSize === "string" ? args.vmSize : undefined;
    return problems.check(both, (slots, found) => check(slots, plainSize, found));
}

function checkScale(scale: Scale, args: PoolSettings, problems: Problems): Scale {
    if (scale.kind === "auto") {
        return {
            ...scale,
            formula: problems.check(scale.formula, (text, found) => checkFormula(text, args, found)),
        };
    }
    const count = (kind: "dedicated" | "spot"): pulumi.Input<number> =>
        problems.check(scale[kind], (nodes, found) => {
            if (Number.isInteger(nodes) && nodes >= 0) return;
            found.add("BATCH1004", `scale.${kind}`, `${nodes} nodes: it can be 0 or a whole number above`);
        });
    return { ...scale, dedicated: count("dedicated"), spot: count("spot") };
}

function checkFormula(text: string, args: PoolSettings, problems: Problems): void {
    const slots = typeof args.taskSlotsPerNode === "number" ? args.taskSlotsPerNode : undefined;
    const acknowledge = args.acknowledge?.filter((code) => code.startsWith("AS"));
    for (const finding of review(text, { taskSlotsPerNode: slots, acknowledge }).diagnostics) {
        const where = `line ${finding.line}, column ${finding.column}`;
        const fix = finding.fix === undefined ? "" : `; ${finding.fix}`;
        if (finding.severity === "error") {
            problems.add(
                "BATCH1040",
                "scale.formula",
                `${finding.message} (${finding.code}, ${where})${fix}`,
            );
        } else if (finding.severity === "warning" && args.acknowledge?.includes("BATCH2040") !== true) {
            tell({
                severity: "warning",
                codes: ["BATCH2040"],
                message: `BATCH2040: the formula, ${where}: ${finding.message}${fix} [acknowledge: "${finding.code}"]`,
            });
        }
    }
}

function daysLeft(endOfSupport: string): number {
    return Math.floor((Date.parse(`${endOfSupport}T23:59:59Z`) - Date.now()) / 86_400_000);
}

function checkSupport({ image, acknowledge }: PoolSettings, problems: Problems): void {
    const { row, nodeAgentSkuId, endOfSupport } = image;
    if (row !== undefined && row.nodeAgentSkuId !== nodeAgentSkuId) {
        problems.add(
            "BATCH1009",
            "image",
            `${row.offer} ${row.sku} with the agent '${nodeAgentSkuId}' makes no nodes: its agent is '${row.nodeAgentSkuId}', which VmImage gives by itself`,
        );
    }
    if (
        endOfSupport === undefined ||
        daysLeft(endOfSupport) >= 0 ||
        acknowledge?.includes("BATCH1011") === true
    )
        return;
    problems.add(
        "BATCH1011",
        "image",
        `support for ${row?.release ?? nodeAgentSkuId} ended on ${endOfSupport} and the service makes no nodes of it: choose a newer image such as VmImage.ubuntu2404(), or acknowledge BATCH1011`,
    );
}

/** Warns of what is legal but should be known. @param what kind and name */
export function tellSupport(what: string, args: PoolSettings, resource: pulumi.Resource): void {
    const { acknowledge } = args;
    const end = args.image.endOfSupport;
    if (end !== undefined && daysLeft(end) >= 0 && daysLeft(end) < NEAR_END_DAYS) {
        warn(
            "BATCH2001",
            `${what}: support for ${args.image.row?.release ?? args.image.nodeAgentSkuId} ends on ${end}`,
            {
                acknowledge,
                resource,
            },
        );
    }
    for (const extension of args.extensions ?? []) {
        if (findVmExtension(extension) !== undefined) continue;
        const named = `${extension.publisher} ${extension.type}`;
        warn("BATCH2011", `${what}: ${named} is not among the extensions that Batch lists for pools`, {
            acknowledge,
            resource,
        });
    }
    const tellSize = (size: string): void => {
        const end = vmSizeRetirement(size);
        if (end !== undefined) {
            const when = Date.parse(end.date) < Date.now() ? "were retired" : "are retired";
            warn("BATCH2003", `${what}: ${size}: ${end.what} ${when} on ${end.date}; choose ${end.instead}`, {
                acknowledge,
                resource,
            });
        }
        const known = findVmSize(size);
        if (known === undefined) {
            warn(
                "BATCH2002",
                `${what}: VM size ${size} is not in the catalogue, so cores and architecture were not checked`,
                { acknowledge, resource },
            );
        } else if (known.rdma && args.interNodeCommunication === true && args.image.can("rdma") === false) {
            const { offer, sku } = args.image.row ?? {};
            warn(
                "BATCH2010",
                `${what}: ${size} has InfiniBand and ${offer} ${sku} no drivers for it: choose VmImage.ubuntu2404Hpc()`,
                { acknowledge, resource },
            );
        }
    };
    // An Output for each of many pools would cost more than all the rest of this.
    if (typeof args.vmSize === "string") tellSize(args.vmSize);
    else pulumi.output(args.vmSize).apply(tellSize);
}
