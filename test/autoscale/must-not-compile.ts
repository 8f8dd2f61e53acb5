/**
 * Programs of the builder that must not compile, each with why. The type checker proves it: a line that compiles after all is an
 * error of its own (unused @ts-expect-error). Nothing here is run.
 */
import { build, expressions as x, formula, presets } from "../../autoscale";

const {
    activeTasks,
    avg,
    ceil,
    currentDedicatedNodes,
    len,
    max,
    min,
    minutes,
    now,
    pendingTasks,
    percentile,
    taskSlotsPerNode,
    val,
    vec,
    when,
} = x;
const vector = pendingTasks.latest(5);
const span = minutes(15);

export const programs = (): unknown[] => [
    // @ts-expect-error A metric is a series of samples, not a number.
    max(0, pendingTasks),
    // @ts-expect-error No source documents number minus vector; only the vector stands left.
    currentDedicatedNodes.minus(vector),
    // @ts-expect-error A vector is not compared: which of its elements should decide?
    vector.isMore(3),
    // @ts-expect-error A vector is no condition.
    when(vector, 1, 0),
    // @ts-expect-error The branches of a condition have one type.
    when(1, vector, 0),
    // @ts-expect-error The branches of a condition have one type.
    when(1, span, now()),
    // @ts-expect-error An interval is no condition.
    when(span, 1, 0),
    // @ts-expect-error Two moments are not added.
    now().plus(now()),
    // @ts-expect-error The service has no timestamp minus interval; add the negated interval.
    now().minus(span),
    // @ts-expect-error An interval is multiplied by a number, not by an interval.
    span.times(span),
    // @ts-expect-error An interval is divided by a number only.
    span.dividedBy(minutes(1)),
    // @ts-expect-error Intervals are added to intervals, not to numbers.
    span.plus(5),
    // @ts-expect-error A number is not added to an interval.
    taskSlotsPerNode.plus(span),
    // @ts-expect-error A number is not divided by an interval.
    taskSlotsPerNode.dividedBy(span),
    // @ts-expect-error Lists hold numbers and vectors, not intervals.
    avg(span),
    // @ts-expect-error Lists hold numbers and vectors, not text.
    max("3", 4),
    // @ts-expect-error Lists hold numbers and vectors, not moments.
    vec(now()),
    // @ts-expect-error percentile wants a vector first.
    percentile(3, 90),
    // @ts-expect-error percentile wants a number second.
    percentile(vector, span),
    // @ts-expect-error val wants a vector first.
    val(1, 0),
    // @ts-expect-error Rounding is of numbers.
    ceil(span),
    // @ts-expect-error ceil takes one value.
    ceil(1, 2),
    // @ts-expect-error A look-back is an interval or a moment, not a number: 15 what?
    pendingTasks.samples(15),
    // @ts-expect-error The share of samples wants a span of time, not a number of samples.
    pendingTasks.samplePercent(10),
    // @ts-expect-error A count of samples is a number, not a span of time; samples(span) takes one.
    pendingTasks.latest(span),
    // @ts-expect-error There is no such metric.
    x.waitingTasks.latest(1),
    // @ts-expect-error Timestamps have no such part.
    now().hours,
    // @ts-expect-error A comparison is of two values of one type.
    now().isLess(3),
    // @ts-expect-error A comparison is of two values of one type.
    span.isLess(now()),
    // @ts-expect-error A moment is negated by nobody.
    now().negated(),
    // @ts-expect-error min of nothing but a condition's boolean: TypeScript's true is no number of the formula.
    min(true),
    // @ts-expect-error && of TypeScript does not make a formula's condition out of text.
    currentDedicatedNodes.and("yes"),
    build((f) => {
        // @ts-expect-error A target is one number.
        f.targetDedicatedNodes(activeTasks.latest(1));
        // @ts-expect-error A target is a number, not text.
        f.targetSpotNodes("10");
        // @ts-expect-error No such deallocation option.
        f.nodeDeallocationOption("taskCompletion");
        // @ts-expect-error A variable holds a value, not a metric.
        f.let("tasks", pendingTasks);
        // @ts-expect-error The service's variables are read only.
        f.let("$CurrentDedicatedNodes", 3);
        // @ts-expect-error Targets have methods of their own.
        f.let("$TargetDedicatedNodes", 3);
        // @ts-expect-error Keywords are no names.
        f.let("requeue", 1);
        // @ts-expect-error A name stands for a value of one type: this is an interval.
        f.targetDedicatedNodes(f.let("span", span));
        // @ts-expect-error The length of an interval is no list.
        f.let("n", len(span));
    }),
    // @ts-expect-error Only numbers, text and values of the builder can be inserted.
    formula`$TargetDedicatedNodes = ${{ nodes: 3 }};`,
    // @ts-expect-error Only numbers, text and values of the builder can be inserted.
    formula`$TargetDedicatedNodes = ${undefined};`,
    // @ts-expect-error The most important number of a preset is not optional.
    presets.pendingTasks({}),
    // @ts-expect-error Nodes are dedicated or spot.
    presets.pendingTasks({ maxNodes: 3, nodes: "lowPriority" }),
    // @ts-expect-error Working hours are somewhere: a time zone is needed.
    presets.workingHours({ nodes: 3 }),
];
