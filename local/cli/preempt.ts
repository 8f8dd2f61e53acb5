/** `batchlocal preempt POOL/NODE`: takes a spot node away, as Azure does when it needs the capacity. */
import { ServiceClient } from "./client";
import { wrongUsage } from "./problems";
import { needService } from "./running";

export async function preempt(dataDirectory: string, what: string, account?: string): Promise<number> {
    const [pool = "", node = "", ...rest] = what.split("/");
    if (pool === "" || node === "" || rest.length > 0)
        throw wrongUsage(`'${what}' names no node; give POOL/NODE`);
    const client = new ServiceClient(needService(dataDirectory));
    try {
        await client.observe("preempt", { pool, node, ...(account !== undefined && { account }) }, "POST");
    } finally {
        client.close();
    }
    process.stdout.write(`${what} is being preempted\n`);
    return 0;
}
