import { Core } from "./core";
import type { BatchClientOptions } from "./core";
import type { BatchCredential } from "./credentials";
import { FileOperations } from "./files";
import { JobOperations } from "./jobs";
import { PoolOperations } from "./pools";
import { JobScheduleOperations } from "./schedules";
import { TaskOperations } from "./tasks";

/**
 * Client of the data plane of one Batch account, api-version 2025-06-01.
 * @example
 * const client = new BatchClient(accountEndpoint, entraCredential(new DefaultAzureCredential()));
 * for await (const job of client.jobs.list({ filter: "state eq 'active'", select: "id" })) console.log(job.id);
 */
export class BatchClient {
    /** The engine below, for what has no method here. */
    readonly core: Core;
    readonly jobs: JobOperations;
    readonly jobSchedules: JobScheduleOperations;
    readonly tasks: TaskOperations;
    readonly files: FileOperations;
    readonly pools: PoolOperations;

    /**
     * @param endpoint `accountEndpoint` of the account, with or without its scheme
     * @param credential who asks: {@link entraCredential} or {@link sharedKeyCredential}
     */
    constructor(endpoint: string, credential: BatchCredential, options: BatchClientOptions = {}) {
        this.core = new Core(endpoint, credential, options);
        this.jobs = new JobOperations(this.core);
        this.jobSchedules = new JobScheduleOperations(this.core);
        this.tasks = new TaskOperations(this.core);
        this.files = new FileOperations(this.core);
        this.pools = new PoolOperations(this.core);
    }

    /** Lets go of the kept connections. */
    close(): void {
        this.core.close();
    }
}
