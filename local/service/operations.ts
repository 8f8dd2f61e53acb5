import { getLifetimeJobStatistics, getLifetimePoolStatistics } from "./accounts/lifetimeStatistics";
import { listSupportedImages } from "./accounts/supportedImages";
import { getApplication } from "./applications/get";
import { listApplications } from "./applications/list";
import { certificateOperations } from "./certificates/retired";
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
import { addJobSchedule } from "./jobSchedules/add";
import { deleteJobSchedule } from "./jobSchedules/delete";
import { disableJobSchedule } from "./jobSchedules/disable";
import { enableJobSchedule } from "./jobSchedules/enable";
import { jobScheduleExists } from "./jobSchedules/exists";
import { getJobSchedule } from "./jobSchedules/get";
import { listJobSchedules } from "./jobSchedules/list";
import { listJobsOfSchedule } from "./jobSchedules/listJobs";
import { patchJobSchedule } from "./jobSchedules/patch";
import { terminateJobSchedule } from "./jobSchedules/terminate";
import { updateJobSchedule } from "./jobSchedules/update";
import { addNodeUser } from "./nodes/addUser";
import { deallocateNode } from "./nodes/deallocate";
import { deleteNodeUser } from "./nodes/deleteUser";
import { disableNodeScheduling } from "./nodes/disableScheduling";
import { enableNodeScheduling } from "./nodes/enableScheduling";
import { getNode } from "./nodes/get";
import { getNodeExtension } from "./nodes/getExtension";
import { listNodes } from "./nodes/list";
import { listNodeExtensions } from "./nodes/listExtensions";
import { rebootNode } from "./nodes/reboot";
import { reimageNode } from "./nodes/reimage";
import { getRemoteDesktop } from "./nodes/remoteDesktop";
import { getRemoteLoginSettings } from "./nodes/remoteLogin";
import { startNode } from "./nodes/start";
import { updateNodeUser } from "./nodes/updateUser";
import { uploadNodeLogs } from "./nodes/uploadLogs";
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
import { listPoolUsageMetrics } from "./pools/usageMetrics";
import type { BatchOperation } from "./services";
import { addTask } from "./tasks/add";
import { addTaskCollection } from "./tasks/addCollection";
import { deleteTask } from "./tasks/delete";
import { getTask } from "./tasks/get";
import { listTasks } from "./tasks/list";
import { reactivateTask } from "./tasks/reactivate";
import { listSubtasks } from "./tasks/subtasks";
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
    listPoolUsageMetrics,
    // Nodes
    listNodes,
    getNode,
    addNodeUser,
    updateNodeUser,
    deleteNodeUser,
    rebootNode,
    startNode,
    deallocateNode,
    reimageNode,
    disableNodeScheduling,
    enableNodeScheduling,
    getRemoteLoginSettings,
    getRemoteDesktop,
    uploadNodeLogs,
    listNodeExtensions,
    getNodeExtension,
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
    // Job schedules
    addJobSchedule,
    listJobSchedules,
    getJobSchedule,
    jobScheduleExists,
    updateJobSchedule,
    patchJobSchedule,
    deleteJobSchedule,
    disableJobSchedule,
    enableJobSchedule,
    terminateJobSchedule,
    listJobsOfSchedule,
    // Tasks
    addTask,
    addTaskCollection,
    listTasks,
    getTask,
    updateTask,
    deleteTask,
    terminateTask,
    reactivateTask,
    listSubtasks,
    // Files
    listTaskFiles,
    getTaskFile,
    getTaskFileProperties,
    deleteTaskFile,
    listNodeFiles,
    getNodeFile,
    getNodeFileProperties,
    deleteNodeFile,
    // Applications and, in older versions, certificates and statistics of all
    listApplications,
    getApplication,
    ...certificateOperations,
    getLifetimePoolStatistics,
    getLifetimeJobStatistics,
];
