export * from "./language/ast";
export * from "./language/source";
export { type ParseResult, parse } from "./language/parser";
export { choices, DEFAULT_SAMPLE_PERCENT, SAMPLE_PERIOD } from "./language/choices";
export {
    DEALLOCATION_OPTIONS,
    type NodeDeallocationOption,
    READ_ONLY,
    READ_WRITE,
    type ServiceVariable,
} from "./language/names";
export { check } from "./check/check";
export type { CheckContext, CheckResult } from "./check/types";
export { type AutoScaleRun, type EvaluateOptions, type PoolFacts, evaluate } from "./evaluate/evaluate";
export type { AutoScaleRunError, FailureKind } from "./evaluate/failure";
export { type Sample, SampleHistory, type SampleRange, type Samples, samplesFrom } from "./evaluate/samples";
export {
    Keyword,
    TimeInterval,
    Timestamp,
    type Value,
    type Vector,
    formatNumber,
    formatValue,
} from "./evaluate/values";
export { lint, type Review, review } from "./lint/lint";
export { type MostNodes, mostNodes } from "./lint/most";
export { type Rule, RULES } from "./lint/rules";
export { format, print, printExpression, type PrintOptions } from "./language/printer";
export { sameExpression, sameFormula } from "./language/equal";
export { FormulaError } from "./build/error";
export { formula, type Inserted } from "./build/template";
export { build, FormulaWriter } from "./build/build";
/** The parts of the builder: metrics, functions and value types. */
export * as expressions from "./build/index";
/** Ready-made formulas, proven by simulation. */
export * as presets from "./presets/index";
export { initialSize, pendingTasks, queueDrain, scaleToZero, spotFirst, workingHours } from "./presets/index";
export { type Candidate, compare, type Comparison, duration, MEASURES } from "./simulate/compare";
export { DEFAULTS as SIMULATION_DEFAULTS, type SimulationOptions } from "./simulate/options";
export {
    type PoolPoint,
    simulate,
    type SimulationResult,
    type TargetChange,
    type Waits,
} from "./simulate/simulate";
export {
    generateTrace,
    parseTrace,
    randomSource,
    type Trace,
    TRACE_SHAPES,
    TraceError,
    type TraceOptions,
    type TraceShape,
    type TraceTask,
} from "./simulate/trace";
export { explain } from "./explain/explain";
