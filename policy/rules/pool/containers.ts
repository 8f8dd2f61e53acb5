import { hasDigest } from "../../../catalog";
import { links } from "../../core/links";
import type { Facts, Found } from "../../core/known";
import { resourceRule } from "../../core/rule";

const IMAGES =
    "deploymentConfiguration.virtualMachineConfiguration.containerConfiguration.containerImageNames";
const START = "startTask.containerSettings.imageName";

const tagged = (image: string, where: string): Found =>
    hasDigest(image) ? undefined : `${where} is ${image}, without a digest.`;

const startImage = (pool: Facts): Found => {
    const image = pool.text(START);
    return image === undefined ? undefined : tagged(image, START);
};

export const containerRules = [
    resourceRule({
        name: "azure-batch-pool-configure-container-digests",
        on: "pool",
        title: "Container images by digest",
        description:
            "Container images should be named by digest: a tag can mean another image tomorrow, and on two nodes at once.",
        fix: "write registry/image@sha256:...",
        link: links.containers,
        severity: "medium",
        profile: "regulated",
        check: (pool) => [
            pool.attempt(() =>
                pool.each(IMAGES, (image) =>
                    tagged(image.text("") ?? "", image.where().split(".").slice(-1).join()),
                ),
            ),
            pool.attempt(() => startImage(pool)),
        ],
    }),
];
