export { createScheduler, type Scheduler, type SchedulerOptions } from "./driver";
export type { Resolver, Settings, Turn } from "./turn";
export { beginDraining } from "./nodes";
export { completeTask, taskEnded, terminatedByUser, type TaskEnd } from "./taskEnd";
