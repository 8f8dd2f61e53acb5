/** Ports are chosen by the system once and kept by the data directory, so that endpoints in other people's state stay true. */
import { listen, ListenError, type Listener, type ListenOptions } from "../http/listener";
import type { Store } from "../store/store";
import type { Logger } from "./logging";
import { Failure } from "./problems";

type Settings = Pick<Store, "setting" | "setSetting">;

export function keptPort(settings: Settings, name: string): number {
    const port = Number(settings.setting(`port.${name}`) ?? 0);
    return Number.isInteger(port) && port > 0 && port < 65_536 ? port : 0;
}

export function keepPort(settings: Settings, name: string, port: number): void {
    if (keptPort(settings, name) !== port) settings.setSetting(`port.${name}`, String(port));
}

/** Listens on the port that was asked for, else on the kept one, else on another where that one is taken. */
export async function listenOnKept(
    settings: Settings,
    name: string,
    asked: number | undefined,
    options: Omit<ListenOptions, "port">,
    log: Logger,
): Promise<Listener> {
    const kept = keptPort(settings, name);
    try {
        const listener = await listen({ ...options, port: asked ?? kept });
        keepPort(settings, name, listener.port);
        return listener;
    } catch (error) {
        if (!(error instanceof ListenError)) throw error;
        if (error.reason !== "portInUse" || (asked ?? 0) > 0 || kept === 0) throw new Failure(error.message);
        const listener = await listen({ ...options, port: 0 });
        log.warn(
            { name, port: listener.port, formerPort: kept },
            "another program took our port: the endpoint has changed",
        );
        keepPort(settings, name, listener.port);
        return listener;
    }
}
