import { findVmImage, nodeAgents, vmImages } from "../catalog";
import type { ImageCapability, VmImageName, VmImageRow } from "../catalog";
import type { Os } from "./shell";

/** Where an image is: the Marketplace, or a gallery. */
export type ImageLocation =
    | { readonly publisher: string; readonly offer: string; readonly sku: string; readonly version: string }
    | { readonly id: string }
    | { readonly communityGalleryImageId: string }
    | { readonly sharedGalleryImageId: string };

interface VmImageInit {
    readonly location: ImageLocation;
    readonly nodeAgentSkuId: string;
    readonly os: Os;
    readonly row: VmImageRow | undefined;
}

/**
 * The image that the nodes of a pool boot, with the node agent that fits it.
 * Changing it makes a new pool before the old one goes.
 */
export class VmImage {
    readonly location: ImageLocation;
    /** Id of the node agent, such as `batch.node.ubuntu 24.04`. */
    readonly nodeAgentSkuId: string;
    readonly os: Os;
    /** What the catalogue knows of it; undefined for an image that is not in it. */
    readonly row: VmImageRow | undefined;

    private constructor(init: VmImageInit) {
        this.location = init.location;
        this.nodeAgentSkuId = init.nodeAgentSkuId;
        this.os = init.os;
        this.row = init.row;
    }

    /** An image of the catalogue. @param version @default "latest" */
    static named(name: VmImageName, version = "latest"): VmImage {
        return VmImage.#fromRow(vmImages[name], version);
    }

    /** Ubuntu 24.04 LTS, generation 2. */
    static ubuntu2404(): VmImage {
        return VmImage.named("ubuntu2404");
    }

    /** Ubuntu 22.04 LTS; its support ends on 2027-06-30. */
    static ubuntu2204(): VmImage {
        return VmImage.named("ubuntu2204");
    }

    /** Ubuntu 24.04 with drivers for InfiniBand and a container engine. */
    static ubuntu2404Hpc(): VmImage {
        return VmImage.named("ubuntu2404Hpc");
    }

    /** AlmaLinux 9, generation 2. */
    static almaLinux9(): VmImage {
        return VmImage.named("almaLinux9");
    }

    /** AlmaLinux 8 with drivers for InfiniBand. */
    static almaLinux8Hpc(): VmImage {
        return VmImage.named("almaLinux8Hpc");
    }

    /** Windows Server 2022 Datacenter Core. */
    static windowsServer2022(): VmImage {
        return VmImage.named("windowsServer2022");
    }

    /**
     * An image of a Marketplace publisher.
     * @param nodeAgentSkuId agent that fits it; needed for images that the catalogue does not know
     */
    static fromMarketplace(
        image: { publisher: string; offer: string; sku: string; version?: string },
        nodeAgentSkuId?: string,
    ): VmImage {
        const row = findVmImage(image);
        const agent = nodeAgentSkuId ?? row?.nodeAgentSkuId;
        if (agent === undefined) {
            throw new Error(
                `the catalogue does not know ${image.publisher}:${image.offer}:${image.sku}: give its node agent, as 'az batch pool supported-images list' shows it`,
            );
        }
        const location = { ...image, version: image.version ?? "latest" };
        return new VmImage({ location, nodeAgentSkuId: agent, os: row?.os ?? osOfAgent(agent), row });
    }

    /**
     * An image of your own in an Azure Compute Gallery.
     * @param id resource id of the image definition or of a version
     */
    static fromGallery(id: string, nodeAgentSkuId: string): VmImage {
        return VmImage.#unknown({ id }, nodeAgentSkuId);
    }

    /**
     * An image that others have published in a community gallery.
     * @param id such as `/CommunityGalleries/NAME/Images/NAME/Versions/latest`
     */
    static fromCommunityGallery(id: string, nodeAgentSkuId: string): VmImage {
        return VmImage.#unknown({ communityGalleryImageId: id }, nodeAgentSkuId);
    }

    /**
     * An image that another subscription shares with yours.
     * @param id such as `/SharedGalleries/NAME/Images/NAME/Versions/latest`
     */
    static fromSharedGallery(id: string, nodeAgentSkuId: string): VmImage {
        return VmImage.#unknown({ sharedGalleryImageId: id }, nodeAgentSkuId);
    }

    /** The newest verified image of an operating system. */
    static latest(options: { os: "ubuntu" | "almalinux" | "windows server" }): VmImage {
        const rows: readonly VmImageRow[] = Object.values(vmImages);
        const version = (row: VmImageRow): number => Number(/[\d.]+$/.exec(row.release)?.[0] ?? 0);
        const [newest] = rows
            .filter(
                (row) => row.release.startsWith(options.os) && row.verified && row.capabilities.length === 0,
            )
            .sort((left, right) => version(right) - version(left) || right.generation - left.generation);
        if (newest === undefined) throw new Error(`the catalogue has no verified image of ${options.os}`);
        return VmImage.#fromRow(newest, "latest");
    }

    /** Last day on which the service makes nodes of it, `YYYY-MM-DD`: that of the image, or of its node agent. */
    get endOfSupport(): string | undefined {
        const agent = nodeAgents.find(({ id }) => id === this.nodeAgentSkuId);
        return this.row?.endOfSupport ?? agent?.endOfSupport;
    }

    /** Whether the image can do something; undefined when the catalogue does not know it. */
    can(capability: ImageCapability): boolean | undefined {
        return this.row?.capabilities.includes(capability);
    }

    static #unknown(location: ImageLocation, nodeAgentSkuId: string): VmImage {
        return new VmImage({ location, nodeAgentSkuId, os: osOfAgent(nodeAgentSkuId), row: undefined });
    }

    static #fromRow(row: VmImageRow, version: string): VmImage {
        const { publisher, offer, sku } = row;
        return new VmImage({
            location: { publisher, offer, sku, version },
            nodeAgentSkuId: row.nodeAgentSkuId,
            os: row.os,
            row,
        });
    }
}

function osOfAgent(nodeAgentSkuId: string): Os {
    return nodeAgentSkuId.startsWith("batch.node.windows") ? "windows" : "linux";
}
