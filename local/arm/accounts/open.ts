import type { ArmServices } from "../services";

/** Opens an account's data plane and marks it ready; after a restart it is called for accounts that were still to be opened. */
export function openAccount(key: string, services: ArmServices): void {
    const record = services.store.accounts.get(key);
    if (!record) return;
    const settle = (change: { port: number } | undefined) => {
        const now = services.store.accounts.get(key);
        if (now?.createdAt !== record.createdAt || now.provisioningState !== "Creating") return;
        services.store.accounts.put({
            ...now,
            ...change,
            provisioningState: change ? "Succeeded" : "Failed",
        });
    };
    services.accounts.open(record).then(
        (port) => settle({ port }),
        (error: unknown) => {
            services.log?.error(
                { err: error, account: record.name },
                "the endpoint of a Batch account could not be opened",
            );
            settle(undefined);
        },
    );
}
