/** `batchlocal status`: what serves a data directory. */
import { findService } from "./discovery";
import { isHealthy } from "./running";

export async function status(dataDirectory: string, asJson: boolean): Promise<number> {
    const service = findService(dataDirectory);
    const healthy = service !== undefined && (await isHealthy(service));
    if (asJson) {
        const {
            endpoints,
            accounts,
            pids,
            pid,
            version,
            startedAt,
            files,
            inMemory,
            subscriptionId,
            tenantId,
        } = service ?? {};
        const shown = service
            ? {
                  running: true,
                  healthy,
                  dataDirectory,
                  version,
                  startedAt,
                  inMemory,
                  files,
                  subscriptionId,
                  tenantId,
                  endpoints,
                  accounts,
                  pids: { service: pid, ...pids },
              }
            : { running: false, healthy, dataDirectory };
        process.stdout.write(`${JSON.stringify(shown, undefined, 4)}\n`);
    } else if (service) {
        const lines = [
            `${healthy ? "healthy" : "not healthy"}: process ${service.pid} serves ${dataDirectory} since ${service.startedAt}`,
            `  resource manager  ${service.endpoints.resourceManager}`,
            ...service.accounts.map(({ name, endpoint }) => `  account ${name}  ${endpoint}`),
            `  blob storage  ${service.endpoints.blob}`,
        ];
        process.stdout.write(`${lines.join("\n")}\n`);
    } else {
        process.stdout.write(`not running: no service serves ${dataDirectory}\n`);
    }
    return healthy ? 0 : 1;
}
