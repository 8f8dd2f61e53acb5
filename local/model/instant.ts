/** A point in time: milliseconds since the Unix epoch, on the service's own (perhaps sped up) clock. */
export type Instant = number;

/** ISO 8601 in UTC with the seven fractional digits that the service prints. */
export function isoText(instant: Instant): string {
    return new Date(instant).toISOString().replace("Z", "0000Z");
}

/** RFC 1123, as in Last-Modified. */
export function httpDate(instant: Instant): string {
    return new Date(instant).toUTCString();
}

const durationPattern =
    /^(-)?P(?:(\d+(?:\.\d+)?)D)?(?:T(?:(\d+(?:\.\d+)?)H)?(?:(\d+(?:\.\d+)?)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;

/** Milliseconds of an ISO 8601 duration such as `PT15M`, or undefined where it is none. */
export function durationOf(text: string): number | undefined {
    const match = durationPattern.exec(text);
    if (!match || text === "P" || text.endsWith("T")) return undefined;
    const [, sign, days = "0", hours = "0", minutes = "0", seconds = "0"] = match;
    const total = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
    return (sign ? -1 : 1) * total * 1000;
}

/** ISO 8601 text of a duration in milliseconds, in the service's style (`P7D`, `PT15M`, `P10675199DT2H48M5.4775807S`). */
export function durationText(milliseconds: number): string {
    const sign = milliseconds < 0 ? "-" : "";
    let rest = Math.abs(milliseconds);
    const take = (unit: number) => {
        const count = Math.floor(rest / unit);
        rest -= count * unit;
        return count;
    };
    const [days, hours, minutes] = [take(86_400_000), take(3_600_000), take(60_000)];
    const time = [hours && `${hours}H`, minutes && `${minutes}M`, rest && `${rest / 1000}S`]
        .filter(Boolean)
        .join("");
    if (!days && !time) return "PT0S";
    return `${sign}P${days ? `${days}D` : ""}${time ? `T${time}` : ""}`;
}

/** What the service shows for "no limit" (.NET's TimeSpan.MaxValue). */
export const unlimitedDuration = "P10675199DT2H48M5.4775807S";
