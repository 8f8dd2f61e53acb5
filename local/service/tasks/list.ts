import { limits } from "../../../catalog";
import { filterOf } from "../../http/filter";
import { isRefused } from "../../http/operation";
import { nextLink, pageOf } from "../../http/paging";
import { selected, selectionOf } from "../../http/select";
import { idKey } from "../../model/ids";
import { expandFault, list } from "../answers";
import { renderTask, taskFields, taskProperties, taskStatistics } from "../render/task";
import type { BatchOperation } from "../services";
import { onJob } from "../subjects";

/** Tasks are not all in memory: the store filters and pages. */
export const listTasks: BatchOperation = {
    id: "Tasks_ListTasks",
    method: "GET",
    path: "/jobs/:jobId/tasks",
    handle: onJob((job, call, { store }) => {
        const page = pageOf(call, limits.pageSize.value);
        if (isRefused(page)) return page;
        const filter = filterOf(call, taskFields);
        if (filter && isRefused(filter)) return filter;
        const selection = selectionOf(call, taskProperties);
        if (isRefused(selection)) return selection;
        const fault = expandFault(call);
        if (fault) return fault;
        const stats = call.query.get("$expand") === "stats";
        const found = store.tasks.page(job.number, {
            limit: page.limit + 1,
            ...(page.after === undefined ? {} : { after: page.after }),
            ...(filter ? { filter } : {}),
        });
        const tasks = found.slice(0, page.limit);
        const last = tasks.at(-1);
        const value = tasks
            .filter((task) => task.stopping !== "delete")
            .map((task) =>
                selected(
                    {
                        ...renderTask(task, job, call.origin),
                        ...(stats ? { stats: taskStatistics(task, job, call.origin, call.now) } : {}),
                    },
                    selection.paths,
                ),
            );
        const link = last && found.length > page.limit ? nextLink(call, idKey(last.id)) : undefined;
        return list(call, "tasks", value, link);
    }),
};
