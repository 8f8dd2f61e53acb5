/** Set of the types a value may have, one bit each. An expression is accepted when each of its possible types is. */
export type TypeSet = number;

export const Type = {
    double: 1,
    doubleVec: 2,
    string: 4,
    timestamp: 8,
    timeinterval: 16,
    keyword: 32,
} as const;
export type TypeName = keyof typeof Type;

/** Of what cannot be typed because of an error found before; fits everything, so that one mistake gives one error. */
export const ANY: TypeSet = 0;
/** What may stand where a doubleVecList is asked for. */
export const NUMBERS: TypeSet = Type.double | Type.doubleVec;

export function typeNames(types: TypeSet): TypeName[] {
    return (Object.keys(Type) as TypeName[]).filter((name) => (types & Type[name]) !== 0);
}

export function describeType(types: TypeSet): string {
    return typeNames(types).join(" or ") || "unknown";
}
