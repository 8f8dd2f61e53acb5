import { findVmImage, findVmSize, limits, maxTaskSlots, nodeAgents, vmImages } from "../../catalog";
import { invalid } from "./fault";
import type { Fault } from "./fault";
import { durationOf } from "./instant";
import type { JsonObject } from "./json";
import { isObject } from "./json";
import type { PoolSpec } from "./spec";

/** A VM size that the catalogue does not have is taken when it looks like one. */
const vmSizePattern = /^(Standard|Basic)_[A-Za-z0-9_-]{1,60}$/i;

/**
 * First fault of a pool's declaration in data plane names, beyond what its shape says. Both planes and auto pools use it.
 * `subscriptionId`: the account's, in which its pools' subnets lie.
 */
export function poolFault(spec: JsonObject, subscriptionId?: string): Fault | undefined {
    const pool = spec as unknown as PoolSpec;
    return (
        machineFault(spec) ??
        sizeFault(pool) ??
        slotsFault(pool) ??
        scaleFault(pool) ??
        listsFault(spec) ??
        subnetFault(spec, subscriptionId)
    );
}

function machineFault(spec: JsonObject): Fault | undefined {
    if (spec["cloudServiceConfiguration"] !== undefined) {
        return invalid(
            "cloudServiceConfiguration",
            "",
            "Cloud Services pools were retired on 02/29/2024. Use virtualMachineConfiguration.",
        );
    }
    if (!isObject(spec["virtualMachineConfiguration"])) {
        return {
            code: "MissingRequiredProperty",
            property: "virtualMachineConfiguration",
            reason: "A pool needs a virtualMachineConfiguration.",
        };
    }
    return imageFault(spec["virtualMachineConfiguration"], "virtualMachineConfiguration");
}

function imageFault(machine: JsonObject, at: string): Fault | undefined {
    const agentId = String(machine["nodeAgentSKUId"] ?? "");
    const agent = nodeAgents.find((row) => row.id === agentId.toLowerCase());
    if (!agent || agent.endOfSupport === "2024-12-31") {
        return invalid(
            `${at}.nodeAgentSKUId`,
            agentId,
            `The node agent is not supported. Allowed: ${nodeAgents
                .filter((row) => row.endOfSupport !== "2024-12-31")
                .map((row) => row.id)
                .join(", ")}.`,
        );
    }
    const image = isObject(machine["imageReference"]) ? machine["imageReference"] : {};
    const place = `${at}.imageReference`;
    const custom = ["virtualMachineImageId", "sharedGalleryImageId", "communityGalleryImageId"].filter(
        (name) => image[name] !== undefined,
    );
    const names = ["publisher", "offer", "sku"] as const;
    const marketplace = names.filter((name) => image[name] !== undefined);
    const shown = names.map((name) => String(image[name] ?? "")).join(" ");
    if (custom.length + (marketplace.length > 0 ? 1 : 0) !== 1) {
        return invalid(
            place,
            shown.trim(),
            "Give either publisher, offer and sku, or one of virtualMachineImageId, sharedGalleryImageId, communityGalleryImageId.",
        );
    }
    if (custom.length === 1) return customImageFault(image["virtualMachineImageId"], place);
    if (marketplace.length < 3) {
        return invalid(place, shown.trim(), "A Marketplace image needs publisher, offer and sku.");
    }
    const [publisher, offer, sku] = names.map((name) => String(image[name]));
    const row = findVmImage({ publisher, offer, sku });
    if (row) {
        if (row.nodeAgentSkuId.toLowerCase() === agent.id) return undefined;
        return invalid(
            `${at}.nodeAgentSKUId`,
            agentId,
            `The node agent does not fit the image ${shown}; it needs ${row.nodeAgentSkuId}.`,
        );
    }
    // guess: the catalogue does not have every sku, so a new one of an offer that it has is taken.
    const sibling = Object.values(vmImages).some(
        (known) =>
            known.publisher.toLowerCase() === publisher?.toLowerCase() &&
            known.offer.toLowerCase() === offer?.toLowerCase(),
    );
    if (sibling) return undefined;
    return invalid(place, shown, "The image is not supported. List supported images to see those that are.");
}

const customImage =
    /^\/subscriptions\/[^/]+\/resourceGroups\/[^/]+\/providers\/Microsoft\.Compute\/(images\/[^/]+|galleries\/[^/]+\/images\/[^/]+(\/versions\/[^/]+)?)$/i;

function customImageFault(id: unknown, place: string): Fault | undefined {
    if (id === undefined || customImage.test(String(id))) return undefined;
    return invalid(
        `${place}.virtualMachineImageId`,
        id,
        "The id of an image, of a gallery image or of one of its versions, below Microsoft.Compute of a resource group.",
    );
}

function subnetFault(spec: JsonObject, subscriptionId: string | undefined): Fault | undefined {
    const network = spec["networkConfiguration"];
    const subnetId = isObject(network) ? network["subnetId"] : undefined;
    if (typeof subnetId !== "string") return undefined;
    const match =
        /^\/subscriptions\/([^/]+)\/resourceGroups\/[^/]+\/providers\/[^/]+\/virtualNetworks\/[^/]+\/subnets\/[^/]+$/i.exec(
            subnetId,
        );
    const place = "networkConfiguration.subnetId";
    if (!match) return invalid(place, subnetId, "The ARM id of a subnet.");
    if (subscriptionId === undefined || match[1]?.toLowerCase() === subscriptionId.toLowerCase())
        return undefined;
    return invalid(
        place,
        subnetId,
        `The subnet is in another subscription than the Batch account, which is in ${subscriptionId}.`,
    );
}

function sizeFault(pool: PoolSpec): Fault | undefined {
    if (findVmSize(pool.vmSize) ?? vmSizePattern.test(pool.vmSize)) return undefined;
    return invalid("vmSize", pool.vmSize, "The VM size is not known. Give one such as Standard_D2s_v5.");
}

function slotsFault(pool: PoolSpec): Fault | undefined {
    const slots = pool.taskSlotsPerNode;
    if (slots === undefined) return undefined;
    const cores = findVmSize(pool.vmSize)?.cores;
    const most = cores === undefined ? limits.taskSlotsPerNode.value : maxTaskSlots(cores);
    if (slots >= 1 && slots <= most) return undefined;
    return invalid(
        "taskSlotsPerNode",
        slots,
        `Between 1 and ${most}: four for each core of the VM, 256 at most.`,
    );
}

function scaleFault(pool: PoolSpec): Fault | undefined {
    const auto = pool.enableAutoScale === true;
    for (const name of ["targetDedicatedNodes", "targetLowPriorityNodes"] as const) {
        const target = pool[name];
        if (target === undefined) continue;
        if (auto) return invalid(name, target, "It must not be given when enableAutoScale is true.");
        if (target < 0) return invalid(name, target, "It must be 0 or more.");
    }
    if (auto && !pool.autoScaleFormula) {
        return {
            code: "MissingRequiredProperty",
            property: "autoScaleFormula",
            reason: "A pool with enableAutoScale needs a formula.",
        };
    }
    for (const name of ["autoScaleFormula", "autoScaleEvaluationInterval"] as const) {
        if (!auto && pool[name] !== undefined) {
            return invalid(name, pool[name], "It is only allowed when enableAutoScale is true.");
        }
    }
    return (
        formulaLengthFault(pool.autoScaleFormula) ??
        intervalFault(pool.autoScaleEvaluationInterval) ??
        timeoutFault(pool.resizeTimeout)
    );
}

export function formulaLengthFault(formula: string | undefined): Fault | undefined {
    if (formula === undefined || formula.length <= limits.formulaLength.value) return undefined;
    return {
        code: "AutoScalingFormulaTooLong",
        property: "autoScaleFormula",
        value: `${formula.length} characters`,
        reason: `A formula has ${limits.formulaLength.value} characters at most.`,
    };
}

export function intervalFault(interval: string | undefined): Fault | undefined {
    if (interval === undefined) return undefined;
    const seconds = (durationOf(interval) ?? Number.NaN) / 1000;
    const { evaluationIntervalMin: least, evaluationIntervalMax: most } = limits;
    if (seconds >= least.value && seconds <= most.value) return undefined;
    return invalid("autoScaleEvaluationInterval", interval, "Between PT5M and PT168H.");
}

export function timeoutFault(timeout: string | undefined): Fault | undefined {
    if (timeout === undefined) return undefined;
    const seconds = (durationOf(timeout) ?? Number.NaN) / 1000;
    if (seconds >= limits.resizeTimeoutMin.value) return undefined;
    return invalid("resizeTimeout", timeout, "PT5M or more.");
}

const listLimits = [
    ["mountConfiguration", limits.mountsPerPool.value],
    ["applicationPackageReferences", limits.applicationPackagesPerPool.value],
] as const;

function listsFault(spec: JsonObject): Fault | undefined {
    for (const [name, most] of listLimits) {
        const list = spec[name];
        if (Array.isArray(list) && list.length > most) {
            return invalid(name, `${list.length} items`, `${most} items at most.`);
        }
    }
    const accounts: unknown[] = Array.isArray(spec["userAccounts"]) ? spec["userAccounts"] : [];
    const names = accounts.map((account) => (isObject(account) ? String(account["name"]).toLowerCase() : ""));
    const twice = names.find((name, index) => names.indexOf(name) !== index);
    if (twice !== undefined)
        return invalid("userAccounts", twice, "Each user account has a name of its own.");
    return undefined;
}
