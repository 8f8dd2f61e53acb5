export { CapturedStack, captureStack } from "./captureStack";
export type {
    CapturedResource,
    CaptureOptions,
    ComponentClass,
    InputsOf,
    ResourceClass,
} from "./captureStack";
export type { Diagnostic } from "../diagnostics";
