import type { Rule } from "../core/rule";
import { authenticationRules } from "./account/authentication";
import { identityRules as accountIdentityRules } from "./account/identity";
import { networkRules as accountNetworkRules } from "./account/network";
import { orderRules } from "./account/order";
import { jobRules } from "./job/job";
import { taskRules } from "./job/tasks";
import { containerRules } from "./pool/containers";
import { formulaRules } from "./pool/formula";
import { identityRules } from "./pool/identity";
import { imageRules } from "./pool/image";
import { networkRules } from "./pool/network";
import { retiredRules } from "./pool/retired";
import { scaleRules } from "./pool/scale";
import { securityRules } from "./pool/security";
import { sizeRules } from "./pool/size";
import { startTaskRules } from "./pool/startTask";
import { monitoringRules } from "./stack/monitoring";
import { privateRules } from "./stack/private";
import { quotaRules } from "./stack/quota";
import { useRules } from "./stack/use";

/** Every rule of the pack. */
export const rules: readonly Rule[] = [
    ...authenticationRules,
    ...accountIdentityRules,
    ...accountNetworkRules,
    ...orderRules,
    ...imageRules,
    ...sizeRules,
    ...retiredRules,
    ...networkRules,
    ...securityRules,
    ...identityRules,
    ...startTaskRules,
    ...scaleRules,
    ...formulaRules,
    ...containerRules,
    ...jobRules,
    ...taskRules,
    ...privateRules,
    ...monitoringRules,
    ...quotaRules,
    ...useRules,
];
