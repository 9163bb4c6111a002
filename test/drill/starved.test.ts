/**
 * Goal: a meter that is starved says so, and no recovery time taken with it is ever called met.
 *
 * Method: a real drill whose objectives are met with a minute to spare; when it is steady, the
 * engine is told to leave one agent a twentieth of a CPU. Nothing of the drill knows of it.
 */
import { join } from "node:path";
import { expect } from "chai";
import Docker from "dockerode";
import type { Result } from "../../src/reconcile/result.ts";
import { Command, resultOf, runIn, useOut } from "./command.ts";

const EXPERIMENT = join(import.meta.dirname, "experiments", "starved.yaml");
const READY_MS = 120_000;
const PERIOD_US = 100_000;
const QUOTA_US = 5000;

function timesOf({ objectives }: Result) {
  return objectives.filter(({ metric }) => metric.startsWith("rto."));
}

describe("a starved instrument", () => {
  const out = useOut();

  for (const role of ["canary", "producers"]) {
    it(`makes recovery times inconclusive when the ${role} agent has no CPU`, async () => {
      const drill = new Command(["run", EXPERIMENT, "--out", out(), "--var", "at=4s"]);
      await drill.says(/steady state reached/, READY_MS);
      const folder = runIn(out());
      const id = folder.slice(folder.lastIndexOf("/") + 1);
      await new Docker()
        .getContainer(`blackstart-${id}-agent-solo-${role}`)
        .update({ CpuPeriod: PERIOD_US, CpuQuota: QUOTA_US });
      const { code, stderr } = await drill.finished;
      expect(code, stderr).to.equal(3);
      const result = resultOf(folder);
      expect(result.instrument.healthy).to.equal(false);
      expect(result.instrument.problems.join("; ")).to.match(/CPU throttled, all agents: /);
      const times = timesOf(result);
      expect(times.map(({ metric }) => metric)).to.have.members(["rto.produce", "rto.cluster"]);
      for (const { metric, verdict, reason } of times) {
        expect(verdict, metric).to.equal("inconclusive");
        expect(reason, metric).to.match(/event-loop delay|latest send|journal write|CPU throttled/);
      }
    });
  }
});
