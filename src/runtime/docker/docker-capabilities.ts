/** What the engine can do for a drill, without asking one: the planner needs to know before. */
import { type Capability, capabilities } from "../runtime.ts";

export const DOCKER_CAPABILITIES: ReadonlySet<Capability> = new Set(capabilities);
