import { limits } from "../../../catalog";
import { whole } from "../../core/settings";

/** How long files of tasks may be kept: as long as the service does without being told. */
export const retentionDays = whole(
    limits.retentionTimeDefault.value / 86_400,
    "the most days that files are kept",
);
