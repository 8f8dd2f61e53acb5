import { setMaxListeners } from "node:events";
import diagnostics from "node:diagnostics_channel";

const PATH = "/pulumirpc.ResourceProvider/Cancel";
const controller = new AbortController();
// Every request that is under way listens.
setMaxListeners(0, controller.signal);

// The SDK answers the engine's Cancel call and does nothing with it. The call itself can be heard where HTTP/2 streams start.
diagnostics.subscribe("http2.server.stream.start", (message) => {
    const { headers } = message as { headers?: Record<string, unknown> };
    if (headers?.[":path"] === PATH) cancel();
});

/** Aborted when the deployment is cancelled, by Ctrl-C for example. */
export const cancelled: AbortSignal = controller.signal;

/** Ends whatever waits. */
export function cancel(): void {
    controller.abort(new Error("the deployment was cancelled; run it again to go on"));
}
