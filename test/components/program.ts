// Runs constructs under Pulumi's mocks and keeps what they register.
import * as pulumi from "@pulumi/pulumi";

export interface Registered {
    type: string;
    name: string;
    inputs: Record<string, unknown>;
    custom: boolean;
}

const SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000001";

/** What the cloud would add to a resource. */
function outputsOf({
    type,
    name,
    inputs,
}: {
    type: string;
    name: string;
    inputs: Record<string, unknown>;
}): Record<string, unknown> {
    switch (type) {
        case "random:index/randomString:RandomString":
            return { result: "abcd1234" };
        case "azure-native:storage:StorageAccount":
            return {
                name: inputs["accountName"],
                primaryEndpoints: { blob: `https://127.0.0.1:7777/${String(inputs["accountName"])}` },
            };
        case "azure-native:storage:BlobContainer":
            return { name: inputs["containerName"] };
        case "azure-native:batch:BatchAccount":
            return {
                name: inputs["accountName"],
                accountEndpoint: `${String(inputs["accountName"])}.westeurope.batch.azure.com`,
                identity: { type: "SystemAssigned", principalId: "account-principal" },
                dedicatedCoreQuota: 100,
                lowPriorityCoreQuota: 50,
                poolQuota: 20,
            };
        case "azure-native:batch:Pool":
            return { name: inputs["poolName"] };
        case "azure-native:managedidentity:UserAssignedIdentity":
            return { name, principalId: `${name}-principal` };
        default:
            return {};
    }
}

/**
 * Runs a program under mocks.
 * @returns every resource that it registers, in order
 */
export async function run(
    program: () => unknown,
    options: { preview?: boolean } = {},
): Promise<Registered[]> {
    const registered: Registered[] = [];
    await pulumi.runtime.setMocks(
        {
            newResource: ({ type, name, inputs, custom }) => {
                const { __provider: _text, ...own } = inputs as Record<string, unknown>;
                registered.push({ type, name, inputs: own, custom: custom ?? true });
                const scope = type.startsWith("azure-native:")
                    ? `${SUBSCRIPTION}/resourceGroups/g/${type}/${name}`
                    : `${name}-id`;
                return { id: scope, state: { ...inputs, ...outputsOf({ type, name, inputs: own }) } };
            },
            call: ({ token, inputs }) =>
                token === "azure-native:authorization:getClientConfig"
                    ? { clientId: "c", objectId: "deployer-object", subscriptionId: "s", tenantId: "t" }
                    : inputs,
        },
        "project",
        "stack",
        options.preview ?? false,
        "organization",
    );
    await pulumi.runtime.runInPulumiStack(async () => {
        await program();
        return {};
    });
    await settled();
    return registered.filter(({ type }) => type !== "pulumi:pulumi:Stack");
}

// Resources register in later turns, after their inputs; when nothing new comes for some turns, all have.
async function settled(): Promise<void> {
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
}

/** The one resource of a type, or of a type and name. */
export function only(resources: readonly Registered[], type: string, name?: string): Registered {
    const found = resources.filter(
        (resource) => resource.type === type && (name === undefined || resource.name === name),
    );
    const [first] = found;
    if (first === undefined || found.length > 1) {
        throw new Error(
            `${found.length} resources are ${type} ${name ?? ""}; there are ${resources.map((one) => `${one.type} ${one.name}`).join(", ")}`,
        );
    }
    return first;
}

/** What an Output holds. */
export function value<T>(output: pulumi.Output<T>): Promise<T> {
    return new Promise((resolve) => output.apply((inner) => resolve(inner as T)));
}

/** The problems that a component reports, as `path: reason`. */
export function problemsOf(make: () => unknown): string[] {
    try {
        make();
    } catch (error) {
        if (!pulumi.InputPropertiesError.isInstance(error)) throw error;
        return (error.errors ?? []).map(({ propertyPath, reason }) => `${propertyPath}: ${reason}`);
    }
    throw new Error("nothing was reported");
}
