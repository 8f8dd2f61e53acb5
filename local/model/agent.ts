import type { FailureInfo } from "./pool";

/** What the scheduler asks of the nodes. Performed at least once, in order for one attempt; `node/` decides nothing. */
export type NodeCommand =
    | { do: "openNode"; node: string; address: string }
    /** What its pool puts on a node before anything runs there; once a boot. Answered by `nodeSetUp`. */
    | { do: "setUpNode"; node: string; boot: number; setUp: NodeSetUp }
    /** Brings the newest versions of certificates to a node that is up. Not answered: a node keeps those that it has. */
    | { do: "renewCertificates"; node: string; certificates: CertificateFile[] }
    /** Ends whatever runs on it and removes its files. */
    | { do: "dropNode"; node: string }
    /** Ends whatever runs on it; files stay unless `wipe` (reimage). Answered by `nodeCleared`. */
    | { do: "clearNode"; node: string; boot: number; wipe: boolean }
    | { do: "run"; run: RunCommand }
    /** Ends the attempt's whole process tree; the answer is its `ended` event with `stopped`. */
    | { do: "stop"; attempt: string }
    /** Ends what a run with `leaveRunning` left behind when it ended. Not answered; an attempt that is not known is no error. */
    | { do: "endLeft"; attempt: string }
    | { do: "removeFiles"; node: string; directory: string };

/** Packages, mounts and certificates of a pool, as a node is to have them. */
export interface NodeSetUp {
    packages: PackageFile[];
    /** `mountConfiguration` as declared. */
    mounts?: unknown[];
    certificates: CertificateFile[];
}

/** A certificate of a key vault that is kept on a node. */
export interface CertificateFile {
    /** Address of its secret, on the vault's endpoint here. */
    url: string;
    /** Names of vault and certificate: those of the file. */
    vault: string;
    name: string;
    /** ARM id of the identity that reads it. */
    identity: string;
    /** Absolute directory on the node. */
    location: string;
    /** Name of the link to the present version. */
    link: string;
}

/** Directory beside a node's root that holds its certificates, below it the directory that was asked for. */
export const certificatesDirectory = "certificates";

/** One execution of a command line on a node: task, start task, preparation, release. */
export interface RunCommand {
    /** Unique for this execution; comes back in every event. */
    attempt: string;
    kind: "task" | "startTask" | "preparation" | "release" | "coordination";
    /** Record key of the node (`account/pool/node`). */
    node: string;
    /** Directory of its files below the node's root; working directory is `<directory>/wd`, streams are `<directory>/stdout.txt`. */
    directory: string;
    commandLine: string;
    /** `AZ_BATCH_*` and the declared settings. Paths below the node's root are written `{root}` and filled in by `node/`. */
    environment: Record<string, string>;
    resourceFiles: ResourceFile[];
    outputFiles: OutputFile[];
    applicationPackages: PackageFile[];
    /** Milliseconds of real time. */
    wallClock?: number;
    /** What it leaves in the background lives on until `endLeft`, the end of its node or a reboot. */
    leaveRunning?: boolean;
    elevated: boolean;
    /** Why it cannot run on this node at all: it fails with that. */
    problem?: string;
    containerSettings?: ContainerSettings;
    /** Mounts of the pool; made by the first run on a node after its boot. */
    mounts?: unknown[];
}

/** Exactly one of the three sources is given. */
export interface ResourceFile {
    httpUrl?: string;
    storageContainerUrl?: string;
    /** Already resolved to a container URL (with SAS) when the account's own storage was meant. */
    blobPrefix?: string;
    filePath?: string;
    fileMode?: string;
    /** ARM id of the identity whose token reads it; none: the URL carries its own right. */
    identity?: string;
}

export interface OutputFile {
    filePattern: string;
    containerUrl: string;
    path?: string;
    identity?: string;
    uploadHeaders?: { name: string; value: string }[];
    uploadCondition: "tasksuccess" | "taskfailure" | "taskcompletion";
}

export interface PackageFile {
    /** Where the zip is, with its SAS; empty where there is none any more. */
    url: string;
    /** Directory below the node's `applications/` into which it is unzipped, once a node. */
    directory: string;
}

export interface ContainerSettings {
    imageName: string;
    containerRunOptions?: string;
    workingDirectory?: "taskWorkingDirectory" | "containerImageDefault";
    registry?: { registryServer?: string; userName?: string; password?: string };
}

export type NodeEvent =
    | { event: "started"; attempt: string; at: number; pid: number }
    | {
          event: "ended";
          attempt: string;
          at: number;
          /** Absent when no process came to run. A signal is reported as 128 + its number. */
          exitCode?: number;
          /** What failed beside the exit code: resource file, command not found, output upload, wall clock. */
          failureInfo?: FailureInfo;
          /** It was stopped on request. */
          stopped?: boolean;
      }
    | { event: "nodeOpened"; node: string }
    | { event: "nodeCleared"; node: string; boot: number }
    /** With what failed, where not all of it could be done. */
    | { event: "nodeSetUp"; node: string; boot: number; failureInfo?: FailureInfo }
    /** The node's host lost it (injected fault, agent died): all its attempts are gone. */
    | { event: "nodeLost"; node: string; reason: string }
    /** Azure took the spot node away (injected fault); of a dedicated one it is not believed. */
    | { event: "nodePreempted"; node: string };

/** The nodes of this machine, as the scheduler's driver sees them. */
export interface NodeHost {
    perform(commands: readonly NodeCommand[]): void;
    /** One listener; events come in batches. */
    listen(listener: (events: readonly NodeEvent[]) => void): void;
    /** Absolute path of a node's root directory. */
    rootOf(node: string): string;
    /** Ends every process it started, whole trees, then resolves. */
    close(): Promise<void>;
}
