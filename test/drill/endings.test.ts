/** How a run ends when it does not end well: by hand, by force, by accident. On a tiny drill. */
import { readFileSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { expect } from "chai";
import Docker from "dockerode";
import { readSuite, suiteSchema } from "../../src/history/suite-folder.ts";
import {
  Command,
  command,
  hasReport,
  leftovers,
  resultOf,
  runIn,
  tinyFile,
  unexpectedReasons,
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

describe("a suite that is interrupted", () => {
  const out = useOut();

  it("has its page after Ctrl-C, leaves nothing, and goes on where it was", async () => {
    const file = join(out(), "twice.yaml");
    const from = relative(out(), tinyFile);
    writeFileSync(
      file,
      `version: 1\nname: twice\ntitle: Twice\nexperiments:\n  - files: ${from}\n` +
        `  - { files: ${from}, vars: { at: 2s } }\n`,
    );
    const runs = join(out(), "runs");
    const cut = new Command(["suite", file, "--out", runs]);
    await cut.says(/drill 2 of 2[\s\S]*steady state reached/, READY_MS);
    cut.child.kill("SIGINT");
    expect((await cut.finished).code).to.equal(130);
    const dir = runIn(runs);
    const before = readSuite(dir);
    expect(before.runs.map(({ verdict }) => verdict)).to.deep.equal(["met", "inconclusive"]);
    expect(readFileSync(join(dir, "index.html"), "utf8")).to.contain("Exit code 3.");
    for (const { attempts } of before.runs) {
      expect(await leftovers(attempts[0]?.world.id ?? "")).to.deep.equal([]);
    }

    const { code, stdout, stderr } = await command("suite", file, "--resume", dir, "--json");
    expect(code, stderr).to.be.oneOf([0, 3]);
    const after = suiteSchema.parse(JSON.parse(stdout));
    expect(after.runs.map(({ attempts }) => attempts.length)).to.deep.equal([1, 2]);
    expect(after.runs[0]?.attempts).to.deep.equal(before.runs[0]?.attempts);
    expect(after.sittings.map(({ interrupted }) => interrupted)).to.deep.equal([true, false]);
    expect(unexpectedReasons(resultOf(join(dir, "tiny-v2.2")))).to.deep.equal([]);
  });
});
