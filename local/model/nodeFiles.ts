import type { Readable } from "node:stream";

/** A file or directory of a node. */
export interface NodeFile {
    /** Path below the directory that was asked about, with `/`. */
    name: string;
    isDirectory: boolean;
    /** Bytes; 0 for directories. */
    size: number;
    /** Milliseconds since the Unix epoch. */
    created: number;
    modified: number;
    contentType: string;
    /** Type and permission bits in octal, such as `0o100664`. */
    fileMode: string;
}

/** Files below a node's root. Undefined stands for what is not there: absent, or elsewhere by `..` or a link. */
export interface NodeFiles {
    listFiles(root: string, directory: string, recursive: boolean): Promise<NodeFile[] | undefined>;
    statFile(root: string, path: string): Promise<NodeFile | undefined>;
    /** As it is now; call one of `content` and `close`. First and last byte of a range are both included. */
    openFile(
        root: string,
        path: string,
        range?: { start: number; end?: number },
    ): Promise<{ file: NodeFile; content: () => Readable; close: () => Promise<void> } | undefined>;
    removeFile(root: string, path: string, recursive: boolean): Promise<"removed" | "absent" | "notEmpty">;
}
