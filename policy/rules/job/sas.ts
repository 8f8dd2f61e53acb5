import { daysAfter } from "../pool/image";

/** Says that a SAS has ended, or ends too late. */
export function sasBeyond(where: string, end: number, days: number, today: string): string | undefined {
    const day = new Date(end).toISOString().slice(0, 10);
    if (day < today) return `${where} has a SAS that ended on ${day}.`;
    return day > daysAfter(today, days)
        ? `${where} has a SAS that ends on ${day}, in more than ${days} days.`
        : undefined;
}
