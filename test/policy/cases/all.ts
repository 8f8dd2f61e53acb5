import { accountCases } from "./account";
import { jobCases } from "./job";
import { poolCases } from "./pool";
import { poolPartCases } from "./poolParts";
import { poolScaleCases } from "./poolScale";
import { poolStartCases } from "./poolStart";
import { stackCases as accountStackCases } from "./stack";
import { quotaCases } from "./stackQuota";
import { stackUseCases } from "./stackUse";
import type { ResourceCase, StackCase } from "../support/case";

export const resourceCases: readonly ResourceCase[] = [
    ...accountCases,
    ...poolCases,
    ...poolScaleCases,
    ...poolPartCases,
    ...poolStartCases,
    ...jobCases,
];
export const stackCases: readonly StackCase[] = [...accountStackCases, ...quotaCases, ...stackUseCases];
