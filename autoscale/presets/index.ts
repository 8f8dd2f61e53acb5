export {
    type InitialSizeOptions,
    initialSize,
    type PendingTasksOptions,
    pendingTasks,
    queueDrain,
    type ScaleToZeroOptions,
    scaleToZero,
    type SizeOptions,
    spotFirst,
    type SpotFirstOptions,
} from "./presets";
export { type ClockChange, clockChanges, type WorkingHoursOptions, workingHours } from "./hours";
export type { NodeKind } from "./tasks";
