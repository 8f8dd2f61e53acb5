import { findVmExtension, findVmSize, limits, reservedVmExtensions } from "../catalog";
import type { Problems } from "./diagnostics";
import type { PoolSettings } from "./poolArgs";
import type { InboundNatPool } from "./poolParts";

const RESERVED_BACKEND = [29876, 29877];
const RESERVED_FRONTEND = [50_000, 55_000] as const;
const MAX_LUN = 63;
const PRIORITY = [150, 4096] as const;
const MAX_RULES = 25;
const USER_NAME_LENGTH = 20;
const CERTIFICATE_HELP =
    "https://learn.microsoft.com/azure/batch/batch-certificate-migration-guide says how they are replaced";

/** What is wrong with the parts of a pool, alone and together. */
export function checkParts(args: PoolSettings, problems: Problems): void {
    checkContainers(args, problems);
    checkLinks(args, problems);
    checkUsers(args, problems);
    checkMounts(args, problems);
    checkDisks(args, problems);
    checkSecurity(args, problems);
    checkInbound(args.network?.inboundNatPools ?? [], args, problems);
    checkCertificates(args, problems);
    tooMany("packages", args.packages?.length ?? 0, limits.applicationPackagesPerPool.value, problems);
    checkExtensions(args, problems);
    if (args.windowsUpdates !== undefined && args.image.os !== "windows") {
        problems.add("BATCH1016", "windowsUpdates", "it is for Windows and the image is Linux: leave it out");
    }
}

function checkLinks({ startTask }: PoolSettings, problems: Problems): void {
    startTask?.options.resourceFiles?.forEach(({ isLink }, index) => {
        if (!isLink) return;
        problems.add(
            "BATCH1022",
            `startTask.resourceFiles[${index}]`,
            "a Sas is signed when a task is sent and lives a week at most, and nodes join a pool at any time: give the pool an identity that reads the blob, and the file `identity`",
        );
    });
}

function checkExtensions({ extensions = [], image, vmSize }: PoolSettings, problems: Problems): void {
    extensions.forEach((extension, index) => {
        const path = `extensions[${index}].type`;
        const named = `${extension.publisher} ${extension.type}`;
        const row = findVmExtension(extension);
        if (reservedVmExtensions.some((type) => type.toLowerCase() === extension.type.toLowerCase())) {
            problems.add(
                "BATCH1019",
                path,
                `${named}: the service uses this type itself: give the pool a start task instead`,
            );
        } else if (row !== undefined && row.os !== image.os) {
            problems.add("BATCH1016", path, `${named} is for ${row.os} and the image is ${image.os}`);
        }
        const size = typeof vmSize === "string" ? findVmSize(vmSize) : undefined;
        if (row?.gpu === true && size?.gpus === 0) {
            problems.add(
                "BATCH1019",
                path,
                `${named} installs drivers of a GPU and ${size.name} has none: leave it out, or choose a size of the N series`,
            );
        }
    });
    twice(
        extensions.map(({ name }) => name),
        (index) => `extensions[${index}].name`,
        problems,
    );
}

function checkContainers({ containers, image, startTask }: PoolSettings, problems: Problems): void {
    if (containers === undefined) {
        if (startTask?.options.container === undefined) return;
        problems.add(
            "BATCH1018",
            "startTask.container",
            "a start task in a container needs a pool with `containers`: give them, or leave it out",
        );
        return;
    }
    if (image.can("container") === false) {
        problems.add(
            "BATCH1013",
            "image",
            `${image.row?.offer} ${image.row?.sku} has no container engine: choose VmImage.ubuntu2404Hpc() or another image with 'container' among its capabilities`,
        );
    }
    containers.registries?.forEach((registry, index) => {
        const path = `containers.registries[${index}]`;
        const named = registry.userName !== undefined || registry.password !== undefined;
        if (registry.identity !== undefined && named) {
            problems.add("BATCH1002", path, "give an identity, or a user name and password, not both");
        } else if (named && (registry.userName === undefined || registry.password === undefined)) {
            problems.add("BATCH1001", path, "userName and password come together");
        } else if (registry.identity === undefined && !named) {
            problems.add(
                "BATCH1001",
                path,
                "give an identity of the pool, or a user name and password; a public registry needs no entry",
            );
        }
    });
}

function checkUsers({ userAccounts = [], image }: PoolSettings, problems: Problems): void {
    userAccounts.forEach(({ name, os, options }, index) => {
        const path = `userAccounts[${index}]`;
        if (name === "" || [...name].length > USER_NAME_LENGTH) {
            problems.add(
                "BATCH1003",
                `${path}.name`,
                `'${name}' is not a user name: use 1 to ${USER_NAME_LENGTH} characters`,
            );
        }
        if (os !== image.os) {
            problems.add(
                "BATCH1016",
                path,
                `user '${name}' is for ${os} and the image is ${image.os}: use UserAccount.${image.os}()`,
            );
        }
        if ((options.uid === undefined) !== (options.gid === undefined)) {
            problems.add("BATCH1001", path, `uid and gid come together: user '${name}' has one of them`);
        }
    });
    twice(
        userAccounts.map(({ name }) => name),
        (index) => `userAccounts[${index}].name`,
        problems,
    );
}

function checkMounts({ mounts = [], image }: PoolSettings, problems: Problems): void {
    tooMany("mounts", mounts.length, limits.mountsPerPool.value, problems);
    mounts.forEach(({ kind, path }, index) => {
        if (path === "" || path.startsWith("/") || path.split("/").includes("..")) {
            problems.add(
                "BATCH1003",
                `mounts[${index}].path`,
                `'${path}' is not a folder below the node's mounts: give a relative path such as 'data'`,
            );
        }
        if (image.os === "windows" && (kind === "nfs" || kind === "blob")) {
            problems.add(
                "BATCH1016",
                `mounts[${index}]`,
                `${kind} is mounted on Linux only: use Mount.files() or Mount.smb() on Windows`,
            );
        }
    });
    twice(
        mounts.map(({ path }) => path),
        (index) => `mounts[${index}].path`,
        problems,
    );
}

function checkDisks({ dataDisks = [], osDisk }: PoolSettings, problems: Problems): void {
    const luns = dataDisks.map((disk, index) => disk.lun ?? index);
    luns.forEach((lun, index) => {
        if (Number.isInteger(lun) && lun >= 0 && lun <= MAX_LUN) return;
        problems.add("BATCH1015", `dataDisks[${index}].lun`, `${lun}: it can be 0 to ${MAX_LUN}`);
    });
    twice(luns, (index) => `dataDisks[${index}].lun`, problems);
    if (osDisk?.ephemeral === true && osDisk.storage !== undefined) {
        problems.add(
            "BATCH1002",
            "osDisk.storage",
            "an ephemeral disk is on the host and has no storage account type: leave one out",
        );
    }
}

function checkSecurity({ security, image }: PoolSettings, problems: Problems): void {
    if (security === undefined) return;
    const { type, secureBoot, vTpm, diskEncryption } = security;
    if (type === undefined && (secureBoot !== undefined || vTpm !== undefined)) {
        problems.add(
            "BATCH1018",
            "security",
            "secureBoot and vTpm need a type: 'trustedLaunch' or 'confidentialVM'",
        );
    }
    if (diskEncryption !== undefined && type !== "confidentialVM") {
        problems.add("BATCH1018", "security.diskEncryption", "it is for type 'confidentialVM' only");
    }
    if (type !== undefined && image.row?.generation === 1) {
        problems.add(
            "BATCH1010",
            "security.type",
            `${type} needs an image of generation 2 and ${image.row.offer} ${image.row.sku} is of generation 1`,
        );
    }
}

function checkInbound(pools: readonly InboundNatPool[], args: PoolSettings, problems: Problems): void {
    if (pools.length > 0 && args.network?.publicIps === "none") {
        problems.add(
            "BATCH1002",
            "network.inboundNatPools",
            "nodes without public addresses cannot be reached from outside: leave one of the two out",
        );
    }
    pools.forEach(({ backendPort, frontendPorts: [first, last], rules = [] }, index) => {
        const path = `network.inboundNatPools[${index}]`;
        if (!isPort(backendPort) || RESERVED_BACKEND.includes(backendPort)) {
            problems.add(
                "BATCH1015",
                `${path}.backendPort`,
                `${backendPort}: it can be 1 to 65535 without ${RESERVED_BACKEND.join(" and ")}`,
            );
        }
        const [low, high] = RESERVED_FRONTEND;
        if (
            !isPort(first) ||
            !isPort(last) ||
            last > 65_534 ||
            first > last ||
            (first <= high && last >= low)
        ) {
            problems.add(
                "BATCH1015",
                `${path}.frontendPorts`,
                `${first} to ${last}: the first comes before the last, within 1 to 65534 without ${low} to ${high}`,
            );
        }
        const other = pools.findIndex(
            ({ frontendPorts: range }, at) => at < index && range[0] <= last && first <= range[1],
        );
        if (other >= 0) {
            problems.add(
                "BATCH1014",
                `${path}.frontendPorts`,
                `${first} to ${last} overlaps network.inboundNatPools[${other}]: give each ports of its own`,
            );
        }
        rules.forEach(({ priority }, at) => {
            if (Number.isInteger(priority) && priority >= PRIORITY[0] && priority <= PRIORITY[1]) return;
            problems.add(
                "BATCH1015",
                `${path}.rules[${at}].priority`,
                `${priority}: it can be ${PRIORITY[0]} to ${PRIORITY[1]}`,
            );
        });
    });
    twice(
        pools.map(({ name }) => name),
        (index) => `network.inboundNatPools[${index}].name`,
        problems,
    );
    twice(
        pools.map(({ backendPort }) => backendPort),
        (index) => `network.inboundNatPools[${index}].backendPort`,
        problems,
    );
    const rules = pools.reduce((sum, { rules: own = [] }) => sum + own.length, 0);
    tooMany("network.inboundNatPools", rules, MAX_RULES, problems, "rules in all");
}

function checkCertificates({ certificates = [], extensions = [] }: PoolSettings, problems: Problems): void {
    certificates.forEach(({ thumbprint }, index) => {
        if (thumbprint === undefined) return;
        problems.add(
            "BATCH1017",
            `certificates[${index}]`,
            `${thumbprint}: the service has had no certificates of its own since 2024-02-29 and refuses pools with one; put the certificate in a Key Vault and use Certificate.fromKeyVault({ vault, name, identity }); ${CERTIFICATE_HELP}`,
        );
    });
    const identities = new Set(
        certificates.flatMap(({ args }) => (args === undefined ? [] : [args.identity])),
    );
    if (identities.size > 1) {
        problems.add(
            "BATCH1002",
            "certificates",
            "one extension brings all certificates of a pool and signs in with one identity: give them the same",
        );
    }
    if (certificates.length > 0 && extensions.some(({ publisher }) => /azure\.keyvault$/i.test(publisher))) {
        problems.add(
            "BATCH1002",
            "extensions",
            "a machine has the Key Vault extension once and `certificates` brings it: leave one out",
        );
    }
}

const isPort = (port: number): boolean => Number.isInteger(port) && port >= 1 && port <= 65_535;

function tooMany(path: string, count: number, most: number, problems: Problems, what = "entries"): void {
    if (count > most) problems.add("BATCH1014", path, `${count} ${what}: there can be ${most} at most`);
}

function twice(
    values: readonly (string | number)[],
    path: (index: number) => string,
    problems: Problems,
): void {
    values.forEach((value, index) => {
        if (values.indexOf(value) === index) return;
        problems.add("BATCH1014", path(index), `'${value}' is there already: give each its own`);
    });
}
