/** How a run ends when it does not end well: by hand, by force, by accident. On a tiny drill. */
import { expect } from "chai";
import Docker from "dockerode";
import {
  Command,
  command,
  hasReport,
  leftovers,
  resultOf,
  runIn,
  tinyFile,
  useOut,
} from "./command.ts";

const READY_MS = 120_000;

describe("endings of a run", () => {
  const out = useOut();
  const run = (...more: string[]) => new Command(["run", tinyFile, "--out", out(), ...more]);
  const idOf = (folder: string) => folder.slice(folder.lastIndexOf("/") + 1);

  it("with another Kafka version: 3.9.2 is driven to the same verdict on its records", async () => {
    const { code, stderr } = await run("--kafka-version", "3.9.2").finished;
    const result = resultOf(runIn(out()));
    expect(code, stderr).to.be.oneOf([0, 3]);
    expect(JSON.stringify(result.topology)).to.contain('"kafka":"3.9.2"');
    expect(result.rpo.records.value).to.equal(0);
    expect(result.rpo.partitions.every(({ acked }) => acked > 0)).to.equal(true);
  });

  it("Ctrl-C heals, cleans up, writes the partial report and exits 130", async () => {
    const drill = run("--var", "at=60s");
    await drill.says(/steady state reached/, READY_MS);
    drill.child.kill("SIGINT");
    const { code } = await drill.finished;
    expect(code).to.equal(130);
    const folder = runIn(out());
    expect(resultOf(folder).run.outcome).to.equal("interrupted");
    expect(resultOf(folder).verdict).to.equal("inconclusive");
    expect(hasReport(folder)).to.equal(true);
    expect(await leftovers(idOf(folder))).to.deep.equal([]);
  });

  it("kill -9 of the harness: sweep leaves nothing, judge says what it can", async () => {
    const drill = run("--var", "at=60s");
    await drill.says(/steady state reached/, READY_MS);
    drill.child.kill("SIGKILL");
    await drill.finished;
    const folder = runIn(out());
    expect((await leftovers(idOf(folder))).length).to.be.greaterThan(0);
    const swept = await command("sweep");
    // Exit 4 with a name: a network of some other run that the engine holds until it is restarted.
    if (swept.code !== 0) expect(swept.stderr).to.match(/^not removed, restart the engine/m);
    expect(await leftovers(idOf(folder))).to.deep.equal([]);
    const { code } = await command("judge", folder);
    expect(code).to.equal(3);
    expect(resultOf(folder).run.outcome).to.equal("crashed");
  });

  it("an agent that dies by itself: E_AGENT_LOST, cleaned up, what was measured is kept", async () => {
    const drill = run("--var", "at=60s");
    await drill.says(/steady state reached/, READY_MS);
    const id = idOf(runIn(out()));
    await new Docker().getContainer(`blackstart-${id}-agent-solo-producers`).kill();
    const { code, stderr } = await drill.finished;
    expect(code, stderr).to.equal(4);
    expect(stderr).to.contain("E_AGENT_LOST");
    expect(hasReport(runIn(out()))).to.equal(true);
    expect(await leftovers(id)).to.deep.equal([]);
  });
});
