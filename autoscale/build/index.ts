export * from "./functions";
export { build, FormulaWriter } from "./build";
export {
    Double,
    type DoubleLike,
    DoubleVec,
    Interval,
    Metric,
    type MomentLike,
    type NumbersLike,
    Timestamp,
} from "./values";
