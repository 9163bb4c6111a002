/** Every live control, in the order in which they run. */
import type { Control } from "./control.ts";
import { mirrorRestarted } from "./mirror-restarted.ts";

export const controls: Control[] = [mirrorRestarted];
