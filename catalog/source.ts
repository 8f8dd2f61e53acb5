/** Where a fact of the catalogue comes from, and when it was read there. */
export interface Source {
    /** Title of the page, package or thread. */
    readonly title: string;
    /** Address of the page or thread, where it has one. */
    readonly url?: string;
    /** Month (or day) in which it was read, `YYYY-MM` or `YYYY-MM-DD`. */
    readonly date: string;
}
