import type { TokenProvider } from "./transfer/storage";

/**
 * What an elevated command may do. `sandbox`: it is root within namespaces of its node; `as-me`: it runs as the user who runs
 * Batch Local; `refuse`: it fails with a message that says what to do.
 */
export type Elevation = "sandbox" | "as-me" | "refuse";

/** The part of a logger that is used here; pino's has it. */
export interface NodeLog {
    info(fields: object, message: string): void;
    warn(fields: object, message: string): void;
    error(fields: object, message: string): void;
}

export interface NodeHostOptions {
    /** Where the nodes live; made if missing, with mode 0700. One host a directory. */
    directory: string;
    /**
     * All that a process on a node sees beside its command's own variables: HOME, PATH, LANG, TMPDIR, trust of the local CA. `{root}`
     * stands for the node's root.
     */
    environment: Record<string, string>;
    elevation: Elevation;
    /** Tokens of managed identities, for resource and output files. */
    token: TokenProvider;
    /** Roots to trust, PEM: the local CA and the system's. @default Node's own roots */
    ca?: string[];
    /** Base URL of a storage account's blobs, for pools that mount containers. @default none can be mounted */
    blobEndpoint?: (account: string) => string | undefined;
    /** PEM of a PKCS #12 file in Base64, for certificates of key vaults. @default such certificates fail */
    pemOf?: (pkcs12: string) => Promise<string>;
    log: NodeLog;
    /** Whether to use a process namespace where the kernel allows one. @default true */
    namespace?: boolean;
}
