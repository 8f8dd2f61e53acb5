import { refuse } from "../../http/operation";
import { metadata } from "../answers";
import type { BatchOperation } from "../services";
import { applicationsOf } from "./references";
import { renderApplication } from "./render";

export const getApplication: BatchOperation = {
    id: "Applications_GetApplication",
    method: "GET",
    path: "/applications/:applicationId",
    handle(call, { store }) {
        const wanted = call.params["applicationId"]?.toLowerCase();
        const found = applicationsOf(call.account, store).find(({ id }) => id.toLowerCase() === wanted);
        if (!found) return refuse("ApplicationNotFound");
        return {
            status: 200,
            body: { "odata.metadata": metadata(call, "applications/@Element"), ...renderApplication(found) },
        };
    },
};
