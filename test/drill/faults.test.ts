/** Goal: every fault of brokers and controllers works on real ones: in effect, proven, healed, proven. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect } from "chai";
import { command, experiment, leftovers, resultOf, runIn, useOut } from "./command.ts";

const PROOFS: Record<string, RegExp> = {
  stop: /main-east-1 ended by itself \((0|143)\); main-east-1 leads no partition; .*"refused"/,
  preferred: /elected: orders-\d by \d \(epoch \d+ became \d+\)/,
  peers: /a dial from main-east-1 to main-east-2 met "timeout"; a client .* met "answered"/,
  away: /main-east-2 to main-east-1 met "refused"; a client in east calling main-east-2 met "re/,
  storm: /3 partitions changed leaders in each of 2 rounds/,
  full: /main-east-2 takes no write \(no space\) and Kafka gave up/,
  failing: /main-east-1 takes no write \(a checkpoint fails\) and Kafka gave up/,
  wipe: /main-east-3 dead; .*their disks are blank; no partition counts on 3/,
  power: /[1-9]\d* bytes of \d+ logs of main-east-1 were cut; .*main-east-1 dead/,
  move: /leadership went from main-east-\d \(epoch \d+\) to main-east-\d \(epoch \d+\)/,
  active: /main-east-\d dead; .*main-east-\d leads in epoch \d+, after epoch \d+/,
};

/** What the history says of each step in a field of one type of event. */
function toldOf(folder: string, type: string, field = "proof"): Record<string, string> {
  const lines = readFileSync(join(folder, "history.ndjson"), "utf8").trim().split("\n");
  const events = lines.map((line) => JSON.parse(line) as Record<string, string>);
  const ofType = events.filter((event) => event["type"] === type);
  return Object.fromEntries(ofType.map((event) => [event["step"] ?? "", event[field] ?? ""]));
}

describe("faults, one after another", () => {
  const out = useOut();

  it("each takes effect and is healed, and nothing that was acknowledged is lost", async () => {
    const { code, stderr } = await command("run", experiment("faults"), "--out", out());
    expect(code, stderr).to.be.oneOf([0, 3]);
    const folder = runIn(out());
    const effective = toldOf(folder, "fault.effective");
    for (const [step, proof] of Object.entries(PROOFS)) {
      expect(effective[step], `${step}\n${stderr}`).to.match(proof);
    }
    expect(Object.keys(toldOf(folder, "fault.healed"))).to.have.members(Object.keys(PROOFS));
    // Kafka's own tool, in a node that several of the faults had hit.
    expect(toldOf(folder, "exec.ended", "output")["look"]).to.match(/^orders$/m);
    const result = resultOf(folder);
    expect(result.rpo.records.value).to.equal(0);
    // New clients came and went all through, and were served again in the end.
    const fresh = result.recoveries.find(({ viewpoint }) => viewpoint === "fresh");
    expect(fresh?.measure.censored, stderr).to.equal(false);
    expect(result.balances.filter(({ ties }) => !ties)).to.deep.equal([]);
    expect(await leftovers(result.run.id)).to.deep.equal([]);
  });
});
