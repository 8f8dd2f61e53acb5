/**
 * The one place that knows how Azurite is built inside. Its files are loaded by path, so the version is pinned in package.json
 * and every member used here is checked: an Azurite whose files moved fails with one line that says so.
 */
import { createRequire } from "node:module";
import type { RequestListener } from "node:http";
import { around } from "./around";
import { computeTransactionalChecksums } from "./checksums";

/** The version this was written against. */
export const azuriteVersion = "3.37.0";

const load = createRequire(__filename);
const root = "azurite/dist/src/";

// ---- what is used of it, as far as it is used ---------------------------------------------------------------------------

export interface LokiCollection {
    readonly name: string;
    data: LokiDocument[];
    dirtyIds: number[];
    maxId: number;
    isIncremental: boolean;
    readonly binaryIndices: Readonly<Record<string, unknown>>;
    readonly uniqueNames: readonly string[];
    get(id: number): LokiDocument | null;
    findAndRemove(query: object): void;
    ensureId(): void;
    ensureAllIndexes(force: boolean): void;
    ensureUniqueIndex(field: string): void;
}
export type LokiDocument = Record<string, unknown> & { readonly $loki: number };
export interface LokiDatabase {
    readonly collections: LokiCollection[];
    isIncremental: boolean;
    getCollection(name: string): LokiCollection | null;
    addCollection(name: string, options: { indices?: string[]; unique?: string[] }): LokiCollection;
    removeCollection(name: string): void;
}
export interface MetadataStore {
    readonly db: LokiDatabase;
    init(): Promise<void>;
}
interface ExtentMetadataStore extends MetadataStore {
    deleteExtent(id: string): Promise<void>;
}
interface ActiveExtent {
    id: string;
    offset: number;
    fd?: number;
    appendStatus: number;
}
export interface ExtentStore {
    init(): Promise<void>;
    deleteExtents(ids: Iterable<string>): Promise<number>;
    /** Of the file store alone: the files that are being appended to. */
    activeWriteExtents?: ActiveExtent[];
    getNewExtent?(extent: ActiveExtent): void;
}
interface AccountKeys {
    readonly name: string;
    readonly key1: Buffer;
    readonly key2?: Buffer;
}
/** Azurite's account store, as the authenticators read it. */
export interface AccountStore {
    getAccount(name: string): AccountKeys | undefined;
}
export interface StorageContext {
    readonly account?: string;
    readonly contextId?: string;
    readonly contextID?: string;
}
export interface Authenticator {
    validate(request: unknown, context: unknown): Promise<boolean | undefined>;
}
export interface AuthenticationFactory {
    authenticate(...args: unknown[]): Promise<boolean>;
}
type Constructor<T, A extends unknown[] = never[]> = new (...args: A) => T;
type ErrorConstructor = Constructor<
    Error & { headers?: Record<string, string> },
    [number, string, string, string, Record<string, string>?, unknown?]
>;

// ---- loading --------------------------------------------------------------------------------------------------------------

/** A member of one of Azurite's files, or a clear error when it is not there. */
function internal<T>(file: string, member = "default"): T {
    let found: unknown;
    try {
        found = (load(root + file) as Record<string, unknown>)[member];
    } catch (error) {
        throw moved(file, member, error);
    }
    if (found === undefined) throw moved(file, member);
    return found as T;
}

function moved(file: string, member: string, cause?: unknown): Error {
    let version: string;
    try {
        version = (load("azurite/package.json") as { version: string }).version;
    } catch {
        version = "(not installed)";
    }
    return new Error(
        `azurite ${version} has no "${member}" in ${root}${file}; Batch Local needs azurite ${azuriteVersion}: npm install azurite@${azuriteVersion}`,
        { cause },
    );
}

/** To be called before anything else of Azurite is loaded. */
let prepared = false;
function prepare(): void {
    if (prepared) return;
    prepared = true;
    silenceTelemetry();
    rememberTemplates();
    overwrite("common/utils/utils", "computeTransactionalChecksums", computeTransactionalChecksums);
}

/** Azurite does not load without a telemetry module; this one sends nothing, and 3,000 files stay unread. */
function silenceTelemetry(): void {
    const nothing = (): undefined => undefined;
    const client = new Proxy({}, { get: () => nothing });
    replace(load.resolve(root + "common/Telemetry"), { AzuriteTelemetryClient: client });
}

/** Azurite parses the templates of its routes again for every request, an eighth of its time; a parsed one holds no state. */
function rememberTemplates(): void {
    const ofAzurite = createRequire(load.resolve(root + "blob/generated/utils/utils"));
    const parse = ofAzurite("uri-templates") as (template: string) => unknown;
    const parsed = new Map<string, unknown>();
    const remember = (template: string): unknown => {
        let found = parsed.get(template);
        if (!found) parsed.set(template, (found = parse(template)));
        return found;
    };
    replace(ofAzurite.resolve("uri-templates"), remember);
}

/** Azurite's files reach each other's members through their exports, so this reaches all of them. */
function overwrite(file: string, member: string, value: unknown): void {
    const before = internal<unknown>(file, member);
    const exports = load(root + file) as Record<string, unknown>;
    exports[member] = value;
    if (typeof before !== typeof value || exports[member] !== value) throw moved(file, member);
}

function replace(file: string, exports: unknown): void {
    load.cache[file] = { id: file, filename: file, loaded: true, exports } as unknown as NodeJS.Module;
}

const logger = (): unknown => internal("common/Logger");

// A path that no file has: Azurite then neither reads nor writes its own JSON database. The journal does that.
const nowhere = "/dev/null/batchlocal";

async function memoryStore<T extends MetadataStore>(file: string): Promise<T> {
    const Store = internal<Constructor<T, [string, boolean]>>(file);
    const store = new Store(nowhere, true);
    await store.init();
    return store;
}

/** One of the three services: its metadata, its extents where it has any, and what builds its listener. */
export interface AzuriteService {
    readonly metadata: MetadataStore;
    readonly extents?: { readonly metadata: ExtentMetadataStore; readonly store: ExtentStore };
    /** `metadata` is the store that requests see: the caller wraps it. */
    listener(metadata: MetadataStore): RequestListener;
}

async function extentsIn(
    category: string,
    directory: string | undefined,
    errors: string,
): Promise<NonNullable<AzuriteService["extents"]>> {
    const metadata = await memoryStore<ExtentMetadataStore>("common/persistence/LokiExtentMetadataStore");
    if (directory === undefined) {
        const Memory = internal<Constructor<ExtentStore, unknown[]>>("common/persistence/MemoryExtentStore");
        const shared = internal<unknown>("common/persistence/MemoryExtentStore", "SharedChunkStore");
        const StorageError = internal<ErrorConstructor>(errors);
        const refuse = (status: number, code: string, message: string, request: string): Error =>
            new StorageError(status, code, message, request);
        return { metadata, store: new Memory(category, shared, metadata, logger(), refuse) };
    }
    const Files = internal<Constructor<ExtentStore, unknown[]>>("common/persistence/FSExtentStore");
    const place = { locationId: "Default", locationPath: directory, maxConcurrency: 50 };
    return { metadata, store: new Files(metadata, [place], logger()) };
}

/** Loads what takes long, for a process that is not yet told what to serve. What is wrong with it is told then. */
export function loadAzurite(): void {
    try {
        prepare();
        for (const service of ["Blob", "Queue", "Table"]) {
            const folder = service.toLowerCase();
            internal(`${folder}/${service}RequestListenerFactory`);
            internal(`${folder}/persistence/Loki${service}MetadataStore`);
        }
        internal("common/persistence/FSExtentStore");
    } catch {
        prepared = false;
    }
}

/** A full disk is no secret: what the system says of a failed write goes into a storage error, where Azurite would send a bare 500. */
function explaining<T extends object>(store: T, errors: string): T {
    const StorageError = internal<ErrorConstructor>(errors);
    return around(store, (result) =>
        result.catch((error: NodeJS.ErrnoException) => {
            if (typeof error.code !== "string" || !/^(E[A-Z]+|ERR_SQLITE_ERROR)$/.test(error.code))
                throw error;
            const message = `The server encountered an internal error: storage could not read or write its files: ${error.message}`;
            throw new StorageError(500, "InternalError", message, "");
        }),
    );
}

interface ListenerFactory {
    createRequestListener(): RequestListener;
}

export async function blobService(
    accounts: AccountStore,
    directory: string | undefined,
): Promise<AzuriteService> {
    prepare();
    const Factory = internal<Constructor<ListenerFactory, unknown[]>>("blob/BlobRequestListenerFactory");
    const metadata = await memoryStore("blob/persistence/LokiBlobMetadataStore");
    const extents = await extentsIn("blob", directory, "blob/errors/StorageError");
    return {
        metadata,
        extents,
        listener: (durable) =>
            // No access log, strict about unsupported headers, any api-version, account always in the path.
            new Factory(
                explaining(durable, "blob/errors/StorageError"),
                explaining(extents.store, "blob/errors/StorageError"),
                accounts,
                false,
                undefined,
                false,
                true,
                undefined,
                true,
            ).createRequestListener(),
    };
}

export async function queueService(
    accounts: AccountStore,
    directory: string | undefined,
): Promise<AzuriteService> {
    prepare();
    const Factory = internal<Constructor<ListenerFactory, unknown[]>>("queue/QueueRequestListenerFactory");
    const metadata = await memoryStore("queue/persistence/LokiQueueMetadataStore");
    const extents = await extentsIn("queue", directory, "queue/errors/StorageError");
    return {
        metadata,
        extents,
        listener: (durable) =>
            new Factory(
                explaining(durable, "queue/errors/StorageError"),
                explaining(extents.store, "queue/errors/StorageError"),
                accounts,
                false,
                undefined,
                true,
                undefined,
                true,
            ).createRequestListener(),
    };
}

export async function tableService(accounts: AccountStore): Promise<AzuriteService> {
    prepare();
    const Factory = internal<Constructor<ListenerFactory, unknown[]>>("table/TableRequestListenerFactory");
    const metadata = await memoryStore("table/persistence/LokiTableMetadataStore");
    return {
        metadata,
        listener: (durable) =>
            new Factory(
                explaining(durable, "table/errors/StorageError"),
                accounts,
                false,
                undefined,
                true,
                undefined,
                true,
            ).createRequestListener(),
    };
}

// ---- authentication -------------------------------------------------------------------------------------------------------

/** Where each service keeps what authentication touches. */
const authentication = {
    blob: {
        factory: "blob/middlewares/AuthenticationMiddlewareFactory",
        context: ["blob/context/BlobStorageContext", "blob/utils/constants", "DEFAULT_CONTEXT_PATH"],
        errors: "blob/errors/StorageError",
    },
    queue: {
        factory: "queue/middlewares/AuthenticationMiddlewareFactory",
        context: ["queue/context/QueueStorageContext", "queue/utils/constants", "DEFAULT_QUEUE_CONTEXT_PATH"],
        errors: "queue/errors/StorageError",
    },
    table: {
        factory: "table/middleware/AuthenticationMiddlewareFactory",
        context: ["table/context/TableStorageContext", "table/utils/constants", "DEFAULT_TABLE_CONTEXT_PATH"],
        errors: "table/errors/StorageError",
    },
} as const;

/** What a request says of who sends it. */
export interface Credentials {
    readonly account: string | undefined;
    readonly authorization: string | undefined;
    /** `x-ms-date`, else `Date`. */
    readonly date: string | undefined;
    readonly encrypted: boolean;
    /** Carries a shared access signature. */
    readonly signed: boolean;
}

/** A refusal in the shape of a storage error. */
export interface Refusal {
    readonly status: number;
    readonly code: string;
    readonly message: string;
    readonly detail?: string;
    readonly headers?: Readonly<Record<string, string>>;
}

/**
 * Decides about one request. `azurite` asks Azurite's own authenticators (Shared Key and signatures; public containers only
 * when the request names no credentials).
 */
export type Gate = (
    credentials: Credentials,
    azurite: () => Promise<boolean>,
) => Promise<Refusal | undefined>;

interface Asked {
    getHeader(name: string): string | undefined;
    getProtocol(): string;
    getQuery(name: string): string | undefined;
}

/** Puts `gate` where Azurite would authenticate, for requests and for the parts of a blob batch alike. */
export function guard(service: keyof typeof authentication, gate: Gate): void {
    const row = authentication[service];
    const factory = internal<{ prototype: AuthenticationFactory }>(row.factory).prototype;
    const Context = internal<Constructor<StorageContext, unknown[]>>(row.context[0]);
    const path = internal<string>(row.context[1], row.context[2]);
    const StorageError = internal<ErrorConstructor>(row.errors);
    const Public =
        service === "blob"
            ? internal<Constructor<Authenticator>>("blob/authentication/PublicAccessAuthenticator")
            : undefined;
    const ask = factory.authenticate;
    if (typeof ask !== "function") throw moved(row.factory, "authenticate");

    factory.authenticate = async function (
        this: AuthenticationFactory,
        ...args: unknown[]
    ): Promise<boolean> {
        // Blob calls it with (context, request, response, authenticators), the others with Express's (request, response, authenticators).
        const ofBlob = args.length === 4;
        const authenticators = args[args.length - 1] as Authenticator[];
        const asked = (ofBlob ? args[1] : adapt(args[0] as ExpressRequest)) as Asked;
        const context = ofBlob
            ? (args[0] as StorageContext)
            : new Context((args[1] as { locals: unknown }).locals, path);
        const credentials: Credentials = {
            account: context.account,
            authorization: asked.getHeader("authorization"),
            date: asked.getHeader("x-ms-date") ?? asked.getHeader("date"),
            encrypted: asked.getProtocol().toLowerCase() === "https",
            signed: asked.getQuery("sig") !== undefined,
        };
        // A request with credentials stands or falls by them, also where everybody may read.
        const named = credentials.authorization !== undefined || credentials.signed;
        const asking =
            named && Public ? authenticators.filter((one) => !(one instanceof Public)) : authenticators;
        const refusal = await gate(credentials, () => ask.call(this, ...args.slice(0, -1), asking));
        if (!refusal) return true;
        const extra: Record<string, string> =
            refusal.detail === undefined ? {} : { AuthenticationErrorDetail: refusal.detail };
        const requestId = context.contextId ?? context.contextID ?? "";
        const error = new StorageError(
            refusal.status,
            refusal.code,
            refusal.message,
            requestId,
            extra,
            context,
        );
        Object.assign((error.headers ??= {}), refusal.headers);
        throw error;
    };
}

interface ExpressRequest {
    readonly protocol: string;
    readonly query: Record<string, unknown>;
    header(name: string): string | undefined;
}

function adapt(request: ExpressRequest): Asked {
    return {
        getHeader: (name) => request.header(name),
        getProtocol: () => request.protocol,
        getQuery: (name) => {
            const value = request.query[name];
            return typeof value === "string" ? value : undefined;
        },
    };
}

/**
 * Azurite derives every user delegation key from one seed that is printed in its source, so anybody could sign with it. Ours
 * is random and stays in the data directory.
 */
export function seedUserDelegationKeys(seed: string): void {
    overwrite("blob/utils/constants", "USERDELEGATIONKEY_SIGNING_SEED", seed);
}
