import { findService } from "./discovery";
import { Failure } from "./problems";

/** Another process serves this data directory. */
export class AlreadyServed extends Failure {
    constructor(directory: string) {
        const other = findService(directory);
        const who = other === undefined ? "another process" : `process ${other.pid}`;
        super(
            `${directory} is served by ${who} already; use it, end it with \`batchlocal stop\`, or choose another --data`,
        );
    }
}
