// Loaded into provider processes while `pulumi import` runs: NODE_OPTIONS="--require pulumi-azure-batch/import" pulumi import ...
// The engine asks for an imported resource by its id alone, and the SDK looks for the provider in properties that are not there: here they
// are, for the types of this library.
import { createRequire } from "node:module";

interface ReadRequest {
    getProperties(): unknown;
    getUrn(): string;
}

interface Protocol {
    readonly ReadRequest: { readonly prototype: ReadRequest };
}

interface Structs {
    readonly Struct: { fromJavaScript(value: object): unknown };
}

const ENTRY = 'require("pulumi-azure-batch/dynamic")';
const KINDS: Readonly<Record<string, string>> = { Job: "job", JobSchedule: "jobSchedule", Task: "task" };

/** The text that stands for a provider until the next deployment, which brings its own. */
export function providerText(kind: string): string {
    return `exports.handler = () => ({ configure: (request) => ${ENTRY}.configure(request), ...${ENTRY}.${kind} });`;
}

/** Gives the requests of an import their provider. */
export function answerImports(protocol: Protocol, { Struct }: Structs): void {
    const { prototype } = protocol.ReadRequest;
    const original = Object.getOwnPropertyDescriptor(prototype, "getProperties")?.value as () => {
        toJavaScript(): object;
    } | null;
    prototype.getProperties = function (this: ReadRequest): unknown {
        const given = original.call(this);
        const kind = KINDS[/:dynamic\/pulumi-azure-batch:(\w+)::/.exec(this.getUrn())?.[1] ?? ""];
        if (kind === undefined || Object.keys(given?.toJavaScript() ?? {}).length > 0) return given;
        return Struct.fromJavaScript({ __provider: providerText(kind) });
    };
}

const program = process.argv[1] ?? "";
if (/dynamic-provider/.test(program)) {
    // The very copy of the SDK that the process runs: it names its folder or its file.
    const load = createRequire(require.resolve(program));
    answerImports(
        load("../../proto/provider_pb.js") as Protocol,
        load("google-protobuf/google/protobuf/struct_pb.js") as Structs,
    );
}
