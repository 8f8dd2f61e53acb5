import { listed } from "../answers";
import type { BatchOperation } from "../services";
import { applicationsOf } from "./references";
import { renderApplication } from "./render";

/** Applications and the versions of them that nodes can have. */
export const listApplications: BatchOperation = {
    id: "Applications_ListApplications",
    method: "GET",
    path: "/applications",
    handle: (call, { store }) =>
        listed(
            call,
            { set: "applications" },
            applicationsOf(call.account, store),
            ({ id }) => id.toLowerCase(),
            renderApplication,
        ),
};
