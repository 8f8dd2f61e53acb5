import type { ArmCall, Outcome } from "../../http/operation";
import type { ResourceId } from "../resourceId";
import type { ArmServices } from "../services";

/** Answers a call for an id of the generic store. */
export type Handler = (call: ArmCall, id: ResourceId, services: ArmServices) => Outcome | Promise<Outcome>;
