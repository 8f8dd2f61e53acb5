// Puts a plugin behind Pulumi's provider protocol, as the engine speaks it to any resource plugin.
import * as grpc from "@grpc/grpc-js";
import { EngineClient } from "@pulumi/pulumi/proto/engine_grpc_pb";
import { LogRequest, LogSeverity } from "@pulumi/pulumi/proto/engine_pb";
import { PluginInfo } from "@pulumi/pulumi/proto/plugin_pb";
import { ResourceProviderService } from "@pulumi/pulumi/proto/provider_grpc_pb";
import * as proto from "@pulumi/pulumi/proto/provider_pb";
import { Status } from "@pulumi/pulumi/proto/status_pb";
import { Any } from "google-protobuf/google/protobuf/any_pb";
import { Empty } from "google-protobuf/google/protobuf/empty_pb";
import type { Autonaming, Limits, Plugin, ResourceRef, State } from "./plugin";
import { PartialState } from "./plugin";
import type { PropertyChange } from "./diff";
import { open, seal, type Properties } from "./values";

/** @see azure-native's default for an operation */
const DEFAULT_TIMEOUT_SECONDS = 7200;

type Handler<Request, Response> = (request: Request) => Promise<Response> | Response;

/** Serves until the engine goes. Prints the port on stdout, as the engine expects. */
export async function serve(
    plugin: Plugin,
    version: string,
    engineAddress: string | undefined,
): Promise<void> {
    const cancelled = new AbortController();
    const server = new grpc.Server({
        "grpc.max_receive_message_length": -1,
        "grpc.max_send_message_length": -1,
    });
    server.addService(ResourceProviderService, implementation(plugin, version, engineAddress, cancelled));
    const port = await new Promise<number>((resolve, reject) => {
        server.bindAsync("127.0.0.1:0", grpc.ServerCredentials.createInsecure(), (error, bound) =>
            error ? reject(error) : resolve(bound),
        );
    });
    process.stdout.write(`${port}\n`);
    endWithParent();
}

/**
 * An engine that is killed cannot tell its plugins: a plugin whose parent has changed has nobody to serve. The launcher
 * says who the parent was when it began, since the engine may be gone before this line.
 */
function endWithParent(): void {
    const parent = Number(process.env.STAND_IN_PARENT) || process.ppid;
    setInterval(() => {
        if (process.ppid !== parent) process.exit(0);
    }, 1000).unref();
}

function implementation(
    plugin: Plugin,
    version: string,
    engineAddress: string | undefined,
    cancelled: AbortController,
): grpc.UntypedServiceImplementation {
    const limits = (seconds: number): Limits => ({
        signal: AbortSignal.any([
            cancelled.signal,
            AbortSignal.timeout((seconds > 0 ? seconds : DEFAULT_TIMEOUT_SECONDS) * 1000),
        ]),
    });
    let engine = engineAddress;
    return {
        getPluginInfo: unary(() => new PluginInfo().setVersion(version)),
        getSchema: unary(() => new proto.GetSchemaResponse().setSchema("{}")),
        attach: unary((request: { getAddress(): string }) => {
            engine = request.getAddress();
            return new Empty();
        }),
        cancel: unary(() => {
            cancelled.abort(new Error("cancelled"));
            return new Empty();
        }),
        checkConfig: unary((request: proto.CheckRequest) =>
            new proto.CheckResponse().setInputs(request.getNews()),
        ),
        diffConfig: unary((request: proto.DiffRequest) => {
            const old = request.getOldInputs() ?? request.getOlds();
            const same =
                JSON.stringify(old?.toJavaScript()) === JSON.stringify(request.getNews()?.toJavaScript());
            const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
            return new proto.DiffResponse().setChanges(same ? DIFF_NONE : DIFF_SOME);
        }),
        configure: unary((request: proto.ConfigureRequest) => {
            plugin.configure(configuration(plugin.name, request));
            if (engine) say(engine, plugin.notice);
            return new proto.ConfigureResponse()
                .setAcceptsecrets(true)
                .setSupportspreview(true)
                .setSupportsAutonamingConfiguration(true);
        }),
        check: unary((request: proto.CheckRequest) => check(plugin, request, limits(0))),
        diff: unary((request: proto.DiffRequest) => diff(plugin, request)),
        create: unary((request: proto.CreateRequest) =>
            create(plugin, request, limits(request.getTimeout())),
        ),
        read: unary((request: proto.ReadRequest) => read(plugin, request, limits(request.getTimeout()))),
        update: unary((request: proto.UpdateRequest) =>
            update(plugin, request, limits(request.getTimeout())),
        ),
        delete: unary(async (request: proto.DeleteRequest) => {
            const state = {
                inputs: open(request.getOldInputs()).values,
                outputs: open(request.getProperties()).values,
            };
            await plugin.delete(reference(request), request.getId(), state, limits(request.getTimeout()));
            return new Empty();
        }),
        invoke: unary(async (request: proto.InvokeRequest) => {
            const args = open(request.getArgs());
            const result = await plugin.invoke(request.getTok(), args.values, limits(0));
            return new proto.InvokeResponse().setReturn(seal(result));
        }),
    };
}

/** One call: the answer, or the error as gRPC has it; a state that is half up goes along in the error's details. */
function unary<Request, Response>(
    handler: Handler<Request, Response>,
): grpc.handleUnaryCall<Request, Response> {
    return (call, callback) => {
        Promise.resolve()
            .then(() => handler(call.request))
            .then(
                (response) => callback(null, response),
                (error: unknown) => callback(grpcError(error)),
            );
    };
}

function grpcError(error: unknown): Partial<grpc.StatusObject> {
    const message = error instanceof Error ? error.message : String(error);
    if (!(error instanceof PartialState)) return { code: grpc.status.UNKNOWN, details: message };
    const detail = new proto.ErrorResourceInitFailed();
    detail.setId(error.state.id);
    detail.setProperties(seal(error.state.outputs, error.state.secrets));
    detail.setReasonsList([message]);
    const any = new Any();
    any.pack(detail.serializeBinary(), "pulumirpc.ErrorResourceInitFailed");
    const status = new Status().setCode(grpc.status.UNKNOWN).setMessage(message);
    status.addDetails(any);
    const metadata = new grpc.Metadata();
    metadata.add("grpc-status-details-bin", Buffer.from(status.serializeBinary()));
    return { code: grpc.status.UNKNOWN, details: message, metadata };
}

function say(engine: string, message: string): void {
    const client = new EngineClient(engine, grpc.credentials.createInsecure());
    const request = new LogRequest().setSeverity(LogSeverity.INFO).setMessage(message);
    // an engine that does not listen is no reason to fail
    client.log(request, () => client.close());
}

/** Settings come with their secrets; lists and booleans come as JSON text, which `boolean` of the readers knows. */
function configuration(plugin: string, request: proto.ConfigureRequest): Properties {
    const config: Properties = {};
    for (const [key, value] of request.getVariablesMap().entries()) {
        if (key.startsWith(`${plugin}:config:`)) config[key.slice(`${plugin}:config:`.length)] = value;
    }
    return { ...config, ...open(request.getArgs()).values };
}

function reference(request: { getUrn(): string; getName(): string; getType(): string }): ResourceRef {
    const parts = request.getUrn().split("::");
    return {
        urn: request.getUrn(),
        type: request.getType() || (parts[2]?.split("$").pop() ?? ""),
        name: request.getName() || parts.slice(3).join("::"),
    };
}

function autonaming(request: proto.CheckRequest): Autonaming | undefined {
    const given = request.getAutonaming();
    if (!given) return undefined;
    const modes = ["propose", "enforce", "disable"] as const;
    return { mode: modes[given.getMode()] ?? "propose", proposedName: given.getProposedName() };
}

async function check(
    plugin: Plugin,
    request: proto.CheckRequest,
    limits: Limits,
): Promise<proto.CheckResponse> {
    const news = open(request.getNews());
    const old = open(request.getOlds());
    const result = await plugin.check(
        reference(request),
        news.values,
        old.values,
        autonaming(request),
        limits,
    );
    const response = new proto.CheckResponse().setInputs(seal(result.inputs, news.secrets));
    const { CheckFailure } = proto;
    const failures = result.failures.map(({ property, reason }) =>
        new CheckFailure().setProperty(property).setReason(reason),
    );
    return response.setFailuresList(failures);
}

function diff(plugin: Plugin, request: proto.DiffRequest): proto.DiffResponse {
    const outputs = open(request.getOlds()).values;
    const inputs = open(request.getOldInputs()).values;
    const news = open(request.getNews()).values;
    const ignored = request.getIgnorechangesList();
    const result = plugin.diff(reference(request), { id: request.getId(), inputs, outputs }, news);
    const changes = result.changes.filter(({ path }) => !ignored.some((entry) => isWithin(path, entry)));
    const response = new proto.DiffResponse();
    const { DIFF_NONE, DIFF_SOME } = proto.DiffResponse.DiffChanges;
    response.setChanges(changes.length > 0 ? DIFF_SOME : DIFF_NONE);
    response.setHasdetaileddiff(true);
    response.setDiffsList([...new Set(changes.map(({ path }) => topOf(path)))]);
    response.setReplacesList([
        ...new Set(changes.filter((change) => change.replace).map(({ path }) => topOf(path))),
    ]);
    response.setDeletebeforereplace(result.deleteBeforeReplace);
    for (const change of changes) response.getDetaileddiffMap().set(change.path, propertyDiff(change));
    return response;
}

function isWithin(path: string, ignored: string): boolean {
    return (
        ignored === "*" ||
        path === ignored ||
        path.startsWith(`${ignored}.`) ||
        path.startsWith(`${ignored}[`)
    );
}

function topOf(path: string): string {
    return path.split(/[.[]/, 1)[0] ?? path;
}

function propertyDiff(change: PropertyChange): proto.PropertyDiff {
    const { Kind } = proto.PropertyDiff;
    const kinds = {
        add: change.replace ? Kind.ADD_REPLACE : Kind.ADD,
        delete: change.replace ? Kind.DELETE_REPLACE : Kind.DELETE,
        update: change.replace ? Kind.UPDATE_REPLACE : Kind.UPDATE,
    };
    return new proto.PropertyDiff().setKind(kinds[change.kind]).setInputdiff(true);
}

/** An output of the same name as a secret input is secret too. */
function withSecrets(state: State, secrets: ReadonlySet<string>): State {
    return { ...state, secrets: [...secrets, ...(state.secrets ?? [])] };
}

async function half<T extends State>(secrets: ReadonlySet<string>, work: Promise<T>): Promise<State> {
    try {
        return withSecrets(await work, secrets);
    } catch (error) {
        if (error instanceof PartialState)
            throw new PartialState(error.message, withSecrets(error.state, secrets));
        throw error;
    }
}

async function create(
    plugin: Plugin,
    request: proto.CreateRequest,
    limits: Limits,
): Promise<proto.CreateResponse> {
    const { values, secrets } = open(request.getProperties());
    const resource = reference(request);
    if (request.getPreview()) {
        return new proto.CreateResponse().setProperties(
            seal(plugin.preview(resource, values, undefined), secrets),
        );
    }
    const state = await half(secrets, plugin.create(resource, values, limits));
    return new proto.CreateResponse().setId(state.id).setProperties(seal(state.outputs, state.secrets));
}

async function read(plugin: Plugin, request: proto.ReadRequest, limits: Limits): Promise<proto.ReadResponse> {
    const inputs = open(request.getInputs());
    const outputs = open(request.getProperties());
    const before = { inputs: inputs.values, outputs: outputs.values };
    const state = await plugin.read(reference(request), request.getId(), before, limits);
    const response = new proto.ReadResponse();
    if (!state) return response; // an empty id tells that it is gone
    const secrets = [...inputs.secrets, ...outputs.secrets, ...(state.secrets ?? [])];
    return response
        .setId(state.id)
        .setProperties(seal(state.outputs, secrets))
        .setInputs(seal(state.inputs, inputs.secrets));
}

async function update(
    plugin: Plugin,
    request: proto.UpdateRequest,
    limits: Limits,
): Promise<proto.UpdateResponse> {
    const news = open(request.getNews());
    const outputs = open(request.getOlds());
    const inputs = open(request.getOldInputs()).values;
    const resource = reference(request);
    if (request.getPreview()) {
        const known = plugin.preview(resource, news.values, outputs.values);
        return new proto.UpdateResponse().setProperties(seal(known, [...news.secrets, ...outputs.secrets]));
    }
    const state = { inputs, outputs: outputs.values };
    const work = plugin.update(resource, request.getId(), state, news.values, limits);
    const done = await half(news.secrets, work);
    return new proto.UpdateResponse().setProperties(seal(done.outputs, done.secrets));
}
