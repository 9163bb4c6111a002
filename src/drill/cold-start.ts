/**
 * Cold clusters: part of the plan and of what the machine must hold, but not of the boot. Somebody
 * who decides to use one starts it then, on blank disks, and waits for all of it:
 *
 * ```
 *  decided ──▶ nodes started ──▶ every broker registered ──▶ topics made ──▶ clients may start
 * ```
 * So a recovery onto a cold cluster has the whole boot in it. Until it was started nobody asks it
 * anything: its names do not even resolve in its own region.
 */
import { monotonicUs } from "../kernel/clock.ts";
import { createTopics } from "./ground.ts";
import { isUp, observerFor, type RunContext } from "./run-context.ts";
import { startClusters } from "./stages/1-boot.ts";

/** Boots those of the clusters that are cold and were not started yet; does nothing for others. */
export async function startCold(
  context: RunContext,
  clusters: string[],
  step: string,
): Promise<void> {
  const cold = clusters.filter((name) => !isUp(context, name));
  if (cold.length === 0) return;
  const startUs = monotonicUs();
  context.progress.status(`${step}: starting ${cold.join(", ")}`);
  await startClusters(context, cold);
  await createTopics(context, cold, (cluster) => observerFor(context, cluster));
  for (const cluster of cold) {
    context.live.started.add(cluster);
    context.history.record({ type: "cluster.started", step, cluster });
  }
  const tookS = ((monotonicUs() - startUs) / 1e6).toFixed(1);
  context.progress.note(`${step}: ${cold.join(", ")} booted in ${tookS} s, with its topics`);
}
