import {
    type Binary,
    type Call,
    type Conditional,
    type Expression,
    type Member,
    type MethodCall,
    type Name,
    type Unary,
    leftChain,
} from "../language/ast";
import {
    DEALLOCATION,
    INTERVALS,
    READ_ONLY,
    READ_WRITE,
    type ServiceVariable,
    TIMESTAMP_MEMBERS,
    isDeallocationOption,
    isTimestampMember,
} from "../language/names";
import {
    FUNCTIONS,
    METHODS,
    OPERATORS,
    type Signature,
    operatorRow,
    overload,
    parameterAt,
    takesCount,
} from "../language/signatures";
import { parseTime } from "../language/time";
import { ANY, NUMBERS, Type, type TypeSet, describeType } from "../language/types";
import type { CheckState } from "./check";
import { didYouMean } from "./suggest";

const singles = (types: TypeSet): TypeSet[] => Object.values(Type).filter((bit) => (types & bit) !== 0);

/** Finds the possible types of an expression and reports what cannot be evaluated. */
export class ExpressionChecker {
    constructor(private readonly state: CheckState) {}

    type(node: Expression): TypeSet {
        switch (node.kind) {
            case "number":
                return Type.double;
            case "string":
                return Type.string;
            case "name":
                return this.name(node);
            case "unary":
                return this.unary(node);
            case "binary":
                return this.chain(node);
            case "conditional":
                return this.conditional(node);
            case "call":
                return this.call(node);
            case "method":
                return this.method(node);
            case "member":
                return this.member(node);
            case "missing":
                return ANY;
        }
    }

    private name(node: Name): TypeSet {
        const { name } = node;
        const { state } = this;
        if (INTERVALS.has(name)) return Type.timeinterval;
        if (isDeallocationOption(name)) return Type.keyword;
        const assigned = state.types.get(name);
        if (assigned !== undefined) return assigned;
        const target = READ_WRITE.get(name);
        if (target !== undefined) return target === DEALLOCATION ? Type.keyword : Type.double;
        const variable = READ_ONLY.get(name);
        if (variable) return this.serviceVariable(node, variable);
        const later = state.firstAssignment.get(name);
        if (later !== undefined) {
            const fix = "Assign it in an earlier statement.";
            state.error(
                `${name} is read before it is assigned (line ${state.lineOf(later)}).`,
                node.span,
                fix,
            );
            return ANY;
        }
        const fix = didYouMean(name, this.visibleNames(), "Assign it in an earlier statement.");
        state.error(`Unknown variable ${name}.`, node.span, fix);
        return ANY;
    }

    private visibleNames(): string[] {
        return [...this.state.types.keys(), ...READ_WRITE.keys(), ...READ_ONLY.keys(), ...INTERVALS.keys()];
    }

    private serviceVariable({ name, span }: Name, { read, status }: ServiceVariable): TypeSet {
        if (read === "metric") {
            const message = `${name} is a series of samples, not a number; it is read through its methods.`;
            this.state.error(message, span, `Write max(0, ${name}.GetSample(1)) for its newest value.`);
            return ANY;
        }
        this.doubtfulVariable(name, status, span);
        return Type.double;
    }

    private doubtfulVariable(name: string, status: ServiceVariable["status"], span: Name["span"]): void {
        if (this.state.doubted.has(name)) return;
        this.state.doubted.add(name);
        if (status === "old") {
            const today = name === "$CurrentDedicated" ? "$CurrentDedicatedNodes" : "$SampleNodeCount";
            const message = `${name} is an old name; whether the service still knows it is not known.`;
            this.state.warn("AS004", message, span, `Write ${today}.`);
        } else if (status === "unsure") {
            this.state.warn(
                "AS010",
                `How ${name} is read is not documented for sure.`,
                span,
                "Try the formula with the service's evaluate call.",
            );
        }
    }

    private unary({ operator, operand, span }: Unary): TypeSet {
        const type = this.type(operand);
        const allowed = operator === "-" ? Type.double | Type.timeinterval : NUMBERS;
        if ((type & ~allowed) !== 0) {
            const fix =
                operator === "-" && (type & Type.doubleVec) !== 0 ? "Write the vector times -1." : undefined;
            this.state.error(
                `${operator} takes a ${describeType(allowed)}, not a ${describeType(type)}.`,
                span,
                fix,
            );
            return ANY;
        }
        if (operator === "-") return type;
        this.vectorAsNumber(type, operand);
        return Type.double;
    }

    private vectorAsNumber(type: TypeSet, { span }: Expression): void {
        if ((type & Type.doubleVec) === 0) return;
        const message = "A doubleVec stands where a number is documented; its newest element is assumed.";
        this.state.warn("AS003", message, span, "Choose a number: max(0, ...), avg(...) or val(..., 0).");
    }

    private chain(node: Binary): TypeSet {
        const { first, rest } = leftChain(node);
        let type = this.type(first);
        for (const link of rest) type = this.binary(link, type, this.type(link.right));
        return type;
    }

    private binary(node: Binary, left: TypeSet, right: TypeSet): TypeSet {
        let result = 0;
        let unsure = false;
        for (const l of singles(left)) {
            for (const r of singles(right)) {
                const row = operatorRow(node.operator, l, r);
                if (!row) {
                    this.noOperator(node, l, r);
                    return ANY;
                }
                result |= row.result;
                unsure ||= row.unsure === true;
            }
        }
        if (unsure && "+-*/".includes(node.operator)) this.numberBeforeVector(node);
        else if (unsure) this.vectorAsNumber(Type.doubleVec, node);
        return result;
    }

    private numberBeforeVector({ operator, span }: Binary): void {
        const message = `double ${operator} doubleVec is not documented, only doubleVec ${operator} double; each element is combined with the number.`;
        const commutes = operator === "+" || operator === "*";
        const fix = commutes
            ? "Write the vector on the left."
            : "Make one number of the vector first: max(0, ...), avg(...).";
        this.state.warn("AS012", message, span, fix);
    }

    private noOperator({ operator, left, right, span }: Binary, l: TypeSet, r: TypeSet): void {
        const possible = OPERATORS.filter(
            (row) => row.left === l && row.operators.includes(operator) && !row.unsure,
        );
        let fix =
            possible.length > 0
                ? `On the right a ${describeType(possible.reduce((all, row) => all | row.right, 0))} can stand.`
                : undefined;
        if (l === Type.timestamp && r === Type.timeinterval)
            fix = "Add the negative interval: t + (-1 * interval).";
        const where = left.span.end > right.span.end ? left.span : span;
        this.state.error(`There is no ${describeType(l)} ${operator} ${describeType(r)}.`, where, fix);
    }

    private conditional(node: Conditional): TypeSet {
        const test = this.type(node.test);
        if ((test & ~NUMBERS) !== 0) {
            this.state.error(
                `A condition is a double (0 is false), not a ${describeType(test)}.`,
                node.test.span,
            );
        }
        this.vectorAsNumber(test & NUMBERS, node.test);
        const whenTrue = this.type(node.whenTrue);
        const whenFalse = this.type(node.whenFalse);
        if (whenTrue !== whenFalse && whenTrue !== ANY && whenFalse !== ANY) {
            const message = `The branches differ in type: ${describeType(whenTrue)} and ${describeType(whenFalse)}.`;
            this.state.warn("AS006", message, node.span, "Let both branches give the same type.");
        }
        return whenTrue | whenFalse;
    }

    private call(node: Call): TypeSet {
        const { callee, args, span } = node;
        const types = args.map((arg) => this.type(arg));
        const signatures = FUNCTIONS.get(callee);
        if (!signatures) {
            const fix = didYouMean(
                callee,
                FUNCTIONS.keys(),
                METHODS.has(callee) ? "It is a method: $ActiveTasks.GetSample(1)." : undefined,
            );
            this.state.error(`Unknown function name: ${callee}.`, span, fix);
            return ANY;
        }
        const result = this.overloads(`function "${callee}"`, signatures, node, types);
        if (callee === "time") this.timeLiteral(args[0]);
        return result;
    }

    private timeLiteral(argument: Expression | undefined): void {
        if (argument?.kind !== "string" || argument.value === "") return;
        const parsed = parseTime(argument.value);
        if (typeof parsed === "string") {
            this.state.error(
                `time() cannot read "${argument.value.slice(0, 80)}": ${parsed}.`,
                argument.span,
            );
        } else if (parsed.doubt) {
            this.state.warn(
                "AS009",
                `Whether time() reads "${argument.value}" is not sure: ${parsed.doubt}.`,
                argument.span,
            );
        }
    }

    private overloads(
        what: string,
        signatures: readonly Signature[],
        { args, span }: Call | MethodCall,
        types: TypeSet[],
    ): TypeSet {
        const fitting = signatures.filter((signature) => takesCount(signature, args.length));
        const known = signatures.map(({ text }) => text).join("; ");
        if (fitting.length === 0) {
            this.state.error(
                `No overload for ${what} takes ${args.length} arguments.`,
                span,
                `There is ${known}.`,
            );
            return ANY;
        }
        let result = 0;
        let wrong = -1;
        for (const combination of args.length <= 3 ? combinations(types) : []) {
            const match = overload(fitting, combination);
            if (!match) wrong = firstWrong(fitting, combination);
            result |= match?.result ?? 0;
        }
        if (args.length > 3) {
            wrong = types.findIndex((type) => (type & ~NUMBERS) !== 0);
            result = fitting[0]?.result ?? 0;
        }
        if (wrong < 0) return result;
        const argument = args[wrong];
        const given = describeType(types[wrong] ?? ANY);
        this.state.error(
            `No overload for ${what} takes a ${given} as argument ${wrong + 1}.`,
            argument?.span ?? span,
            `There is ${known}.`,
        );
        return ANY;
    }

    private method(node: MethodCall): TypeSet {
        const { target, method, args, span } = node;
        const types = args.map((arg) => this.type(arg));
        if (target.kind !== "name" || !READ_ONLY.has(target.name)) {
            const type = this.type(target);
            const isMember = isTimestampMember(method) && type === Type.timestamp;
            const fix = isMember
                ? `Write .${method} without brackets.`
                : "Only variables such as $ActiveTasks have methods.";
            if (type !== ANY || target.kind === "missing")
                this.state.error(`A ${describeType(type)} has no method ${method}().`, span, fix);
            return ANY;
        }
        const variable = READ_ONLY.get(target.name);
        if (variable?.read === "number") {
            const message = `${target.name} is documented as a number; whether it has methods is not known.`;
            this.state.warn("AS010", message, target.span, `Write ${target.name} alone.`);
        } else if (variable) this.doubtfulVariable(target.name, variable.status, target.span);
        const signatures = METHODS.get(method);
        if (!signatures) {
            this.state.error(`Unknown method name: ${method}.`, span, didYouMean(method, METHODS.keys()));
            return ANY;
        }
        return this.overloads(`method "${method}"`, signatures, node, types);
    }

    private member({ target, member, span }: Member): TypeSet {
        if (target.kind === "name" && READ_ONLY.get(target.name)?.read === "metric") {
            const fix = METHODS.has(member)
                ? `Write ${target.name}.${member}(...).`
                : didYouMean(member, METHODS.keys());
            this.state.error(`${target.name} has no member ${member}; it has methods.`, span, fix);
            return ANY;
        }
        const type = this.type(target);
        if (type === ANY) return ANY;
        if (type !== Type.timestamp) {
            this.state.error(
                `A ${describeType(type)} has no member ${member}; only timestamps have members.`,
                span,
            );
            return ANY;
        }
        if (isTimestampMember(member)) return Type.double;
        const fix = didYouMean(member, TIMESTAMP_MEMBERS, `It has ${TIMESTAMP_MEMBERS.join(", ")}.`);
        this.state.error(`A timestamp has no member ${member}.`, span, fix);
        return ANY;
    }
}

/** All ways to choose one type of each argument; none when an argument could not be typed. */
function combinations(types: readonly TypeSet[]): TypeSet[][] {
    return types.reduce<TypeSet[][]>(
        (all, type) => all.flatMap((before) => singles(type).map((single) => [...before, single])),
        [[]],
    );
}

/** The first argument that no overload takes at its place, given that the ones before it fit. */
function firstWrong(signatures: readonly Signature[], types: readonly TypeSet[]): number {
    let left = signatures;
    for (const [index, type] of types.entries()) {
        const fitting = left.filter(
            (signature) => ((parameterAt(signature, index)?.types ?? 0) & type) === type,
        );
        if (fitting.length === 0) return index;
        left = fitting;
    }
    return 0;
}
