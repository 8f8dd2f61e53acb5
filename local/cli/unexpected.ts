import { StoreBroken } from "../store";
import type { ServiceOptions } from "./options";
import { messageOf } from "./problems";
import type { Service } from "./serve";

/**
 * Resolves with one line when the service of this process has to end: a part of it broke, its store could keep no more, or an error came
 * up that nobody caught, after which the state within is unknown. What was acknowledged is kept.
 */
export function whenItCannotGoOn(
    service: Service,
    { dataDirectory }: Pick<ServiceOptions, "dataDirectory">,
): Promise<string> {
    const uncaught = new Promise<string>((resolve) => {
        // Not `once`: what comes after it, while all is closed, is not to end the process half way.
        process.on("uncaughtException", (error) => {
            service.log.fatal({ err: error }, "an error that nobody expected");
            resolve(
                error instanceof StoreBroken
                    ? `${dataDirectory}: ${messageOf(error)}. Nothing that was acknowledged is lost; make room and start again`
                    : `an error within Batch Local: ${messageOf(error)}; the log has more`,
            );
        });
    });
    return Promise.race([service.broken, uncaught]);
}
