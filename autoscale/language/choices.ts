/**
 * What no public source tells about the language, decided once. Each entry is a guess about the service; a formula that depends
 * on one is accepted with a warning where that can be seen. docs/autoscale.md lists them for users.
 */
export const choices = {
    /** guess: names are case-sensitive; `$targetDedicatedNodes` is a variable of the user. */
    caseSensitive: true,
    /** guess: a vector where a number is needed, or assigned to a target, counts as its newest element, 0 when it is empty. */
    vectorAsNumber: "newest",
    /** guess: a number before a vector combines with each of its elements. */
    numberBeforeVector: "each element",
    /** guess: samples of a vector are ordered from oldest to newest. */
    sampleOrder: "oldest first",
    /** guess: avg, min, max, norm, range, std, percentile of nothing and val beyond the end are 0. */
    ofNothing: 0,
    /** guess: vectors of different length combine as far as the shorter reaches. */
    unequalVectors: "shorter",
    /** guess: both sides of && and || are always evaluated, as for every other operator. */
    shortCircuit: false,
    /** guess: division follows IEEE 754; a target that is not finite ends in an evaluation error. */
    divisionByZero: "IEEE 754",
    /** guess: a fraction of a target is cut off after the last statement, so that a later read still sees it. */
    truncation: "at the end",
    /** guess: a negative target counts as 0. */
    negativeTarget: 0,
    /** guess: percentile takes 0 to 100 and interpolates linearly between the two nearest elements. */
    percentile: "0 to 100, linear",
    /** guess: Sunday is 7. */
    sunday: 7,
    /** guess: stop() ends the evaluation without error; assignments before it stand. */
    stop: "assignments stand",
    /** guess: a year is 365 days. In milliseconds. */
    year: 365 * 86_400_000,
    /** guess: windows shorter than one sample period could hold one sample. */
    shortWindow: 1,
    /** guess: both ends of a window belong to it, but a sample exactly on its far end only while the window is not full without it. */
    windowEnds: "far end only when short",
    /** guess: a time interval prints as an ISO 8601 duration, a string bare. */
    intervalFormat: "ISO 8601",
    /** guess: more than 6 and up to 7 digits of a second's fraction are read; more are refused. */
    fractionDigits: 7,
} as const;

/** The service takes a sample of every metric each 30 seconds. In milliseconds. */
export const SAMPLE_PERIOD = 30_000;

/** Percentage of samples that GetSample over a time span wants when it is not given. */
export const DEFAULT_SAMPLE_PERCENT = 70;
