const PATTERN =
    /^P(?:(\d+(?:\.\d+)?)D)?(?:T(?=\d)(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Seconds of a duration as the service writes it (ISO 8601, from days down: `P1DT2H`); undefined for anything else. */
export function isoSeconds(text: string): number | undefined {
    const match = PATTERN.exec(text);
    if (match === null || text === "P") return undefined;
    const [days = 0, hours = 0, minutes = 0, seconds = 0] = match.slice(1).map((part) => Number(part ?? 0));
    return ((days * 24 + hours) * 60 + minutes) * 60 + seconds;
}
