import type { TokenCredential } from "@azure/core-auth";
import {
    AnonymousCredential,
    ContainerClient,
    newPipeline,
    StorageSharedKeyCredential,
} from "@azure/storage-blob";

import { storageAudience, type AccountKey } from "./storage";
import type { Transfers } from "./transfers";

/**
 * A client of a container. Azure's own library lists, splits large files into blocks and retries, which is why it is used here rather
 * than plain requests.
 */
export function openContainer(
    url: string,
    identity: string | undefined,
    transfers: Transfers,
    key?: AccountKey,
): ContainerClient {
    const byKey = key && new StorageSharedKeyCredential(key.accountName, key.accountKey);
    const credential: TokenCredential | undefined = identity
        ? {
              getToken: async () => ({
                  token: await transfers.token(identity, storageAudience),
                  expiresOnTimestamp: Date.now() + 5 * 60_000,
              }),
          }
        : undefined;
    const pipeline = newPipeline(byKey ?? credential ?? new AnonymousCredential(), {
        retryOptions: { maxTries: 4, retryDelayInMs: 200, maxRetryDelayInMs: 2_000 },
    });
    const agent = transfers.reader.agentFor(url);
    pipeline.factories.push({
        create: (next) => ({
            sendRequest: (request) => {
                // The library has no setting for roots to trust; the agent carries them.
                request.agent = agent;
                return next.sendRequest(request);
            },
        }),
    });
    return new ContainerClient(url, pipeline);
}
