import { refuse } from "../../http/operation";
import type { ArmCall, Outcome } from "../../http/operation";
import { shownAccount } from "../accounts/shownAccount";
import { progressOf, readToken, resultReply, statusReply } from "../longRunning";
import type { Progress } from "../longRunning";
import type { ArmOperation, ArmServices } from "../services";

const subscription = "/subscriptions/:subscriptionId";
const batch = `${subscription}/providers/Microsoft.Batch/locations/:locationName`;

function answer(
    call: ArmCall,
    services: ArmServices,
    reply: (call: ArmCall, progress: Progress) => Outcome,
): Outcome {
    const running = readToken(call.params["token"] ?? "");
    if (!running) return refuse("NotFound", { message: "There is no such operation." });
    const show = (key: string) => {
        const account = services.store.accounts.get(key);
        return account && shownAccount(account, services);
    };
    return reply(call, progressOf(running, services, show));
}

const operation = (
    id: string,
    path: string,
    reply: (call: ArmCall, progress: Progress) => Outcome,
): ArmOperation => ({
    id,
    method: "GET",
    path: `${path}/:token`,
    handle: (call, services) => answer(call, services, reply),
});

export const operationResults: readonly ArmOperation[] = [
    operation("Operations_GetResult", `${batch}/operationresults`, resultReply),
    operation("Operations_GetStatus", `${batch}/operationstatuses`, statusReply),
    operation("ResourceGroups_GetResult", `${subscription}/operationresults`, resultReply),
    operation("ResourceGroups_GetStatus", `${subscription}/operationstatuses`, statusReply),
];
