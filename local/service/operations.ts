import { listSupportedImages } from "./accounts/supportedImages";
import { deleteNodeFile } from "./files/deleteOfNode";
import { deleteTaskFile } from "./files/deleteOfTask";
import { getNodeFile } from "./files/getOfNode";
import { getTaskFile } from "./files/getOfTask";
import { listNodeFiles } from "./files/listOfNode";
import { listTaskFiles } from "./files/listOfTask";
import { getNodeFileProperties } from "./files/propertiesOfNode";
import { getTaskFileProperties } from "./files/propertiesOfTask";
import { addJob } from "./jobs/add";
import { deleteJob } from "./jobs/delete";
import { disableJob } from "./jobs/disable";
import { enableJob } from "./jobs/enable";
import { getJob } from "./jobs/get";
import { listJobs } from "./jobs/list";
import { patchJob } from "./jobs/patch";
import { listPreparationAndReleaseStatus } from "./jobs/preparationAndRelease";
import { getTaskCounts } from "./jobs/taskCounts";
import { terminateJob } from "./jobs/terminate";
import { updateJob } from "./jobs/update";
import { getNode } from "./nodes/get";
import { listNodes } from "./nodes/list";
import { addPool } from "./pools/add";
import { deletePool } from "./pools/delete";
import { disablePoolAutoScale } from "./pools/disableAutoScale";
import { enablePoolAutoScale } from "./pools/enableAutoScale";
import { evaluatePoolAutoScale } from "./pools/evaluateAutoScale";
import { poolExists } from "./pools/exists";
import { getPool } from "./pools/get";
import { listPools } from "./pools/list";
import { listNodeCounts } from "./pools/nodeCounts";
import { patchPool } from "./pools/patch";
import { removeNodes } from "./pools/removeNodes";
import { resizePool } from "./pools/resize";
import { stopPoolResize } from "./pools/stopResize";
import { updatePoolProperties } from "./pools/updateProperties";
import type { BatchOperation } from "./services";
import { addTask } from "./tasks/add";
import { addTaskCollection } from "./tasks/addCollection";
import { deleteTask } from "./tasks/delete";
import { getTask } from "./tasks/get";
import { listTasks } from "./tasks/list";
import { reactivateTask } from "./tasks/reactivate";
import { terminateTask } from "./tasks/terminate";
import { updateTask } from "./tasks/update";

/** Every operation of the data plane. */
export const operations: readonly BatchOperation[] = [
    // Pools
    addPool,
    listPools,
    getPool,
    poolExists,
    patchPool,
    deletePool,
    updatePoolProperties,
    resizePool,
    stopPoolResize,
    enablePoolAutoScale,
    disablePoolAutoScale,
    evaluatePoolAutoScale,
    removeNodes,
    listNodeCounts,
    listSupportedImages,
    // Nodes
    listNodes,
    getNode,
    // Jobs
    addJob,
    listJobs,
    getJob,
    updateJob,
    patchJob,
    deleteJob,
    disableJob,
    enableJob,
    terminateJob,
    getTaskCounts,
    listPreparationAndReleaseStatus,
    // Tasks
    addTask,
    addTaskCollection,
    listTasks,
    getTask,
    updateTask,
    deleteTask,
    terminateTask,
    reactivateTask,
    // Files
    listTaskFiles,
    getTaskFile,
    getTaskFileProperties,
    deleteTaskFile,
    listNodeFiles,
    getNodeFile,
    getNodeFileProperties,
    deleteNodeFile,
];
