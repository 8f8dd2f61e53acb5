import type { Rule } from "../core/rule";
import { authenticationRules } from "./account/authentication";
import { networkRules } from "./account/network";

/** Every rule of the pack. */
export const rules: readonly Rule[] = [...authenticationRules, ...networkRules];
