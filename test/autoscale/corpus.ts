import * as fs from "node:fs";
import * as path from "node:path";

/** Real formulas with what is known of each (SOURCES.md beside them). Not part of the repository. */
export const CORPUS = path.resolve(__dirname, "../../../shared/formulas");
export const hasCorpus = fs.existsSync(path.join(CORPUS, "SOURCES.md"));

export const corpusFiles = (): string[] =>
    hasCorpus
        ? fs
              .readdirSync(CORPUS)
              .filter((name) => /^\d+\.txt$/.test(name))
              .sort()
        : [];
export const corpusText = (file: string): string => fs.readFileSync(path.join(CORPUS, file), "utf8");
