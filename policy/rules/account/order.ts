import { links } from "../../core/links";
import { resourceRule } from "../../core/rule";
import { texts, whole } from "../../core/settings";

export const orderRules = [
    resourceRule({
        name: "azure-batch-account-configure-tags",
        on: "account",
        title: "Account has tags",
        description:
            "A Batch account should say by its tags whose it is: costs and findings need somebody to go to.",
        fix: "set the tags",
        link: links.bestPractices,
        severity: "low",
        profile: "regulated",
        maps: ["cloudSploitTags"],
        settings: { required: texts([], "names of tags that must be there; with none, any tag will do") },
        check: (account, { required }) => {
            const tags = account.keys("tags").map((name) => name.toLowerCase());
            const missing = required.filter((name) => !tags.includes(name.toLowerCase()));
            if (missing.length > 0) return `tags has no ${missing.join(", ")}.`;
            return tags.length === 0 ? "tags is empty." : undefined;
        },
    }),
    resourceRule({
        name: "azure-batch-account-configure-log-retention",
        on: "diagnosticSetting",
        title: "Logs are kept long enough",
        description:
            "Where a diagnostic setting of a Batch account says how long logs are kept, it should be long enough for an investigation.",
        fix: "raise retentionPolicy.days, or leave the retention to the place where the logs go",
        link: links.diagnostics,
        severity: "low",
        profile: "regulated",
        maps: ["policyResourceLogs"],
        settings: { days: whole(365, "the fewest days that logs are kept") },
        check: (setting, { days }) => {
            // What it is for may be known only later; by then its id tells.
            if (!/\/batchAccounts\//i.test(setting.text("resourceUri") ?? "")) return undefined;
            return setting.each("logs", (log) => {
                if (log.flag("enabled") === false || log.flag("retentionPolicy.enabled") !== true)
                    return undefined;
                const kept = log.number("retentionPolicy.days") ?? 0;
                // The service takes 0 as "for ever".
                return kept === 0 || kept >= days
                    ? undefined
                    : `${log.where("retentionPolicy.days")} is ${kept}, below ${days}.`;
            });
        },
    }),
];
