/**
 * `npm run control:compose`: boots each Compose file of compose/ and lets records through it with Kafka's
 * own tools: written at the first broker, read at the last, which lies in another region where there is
 * one; of a mirrored topology the mirror is read. Then takes it down again.
 *
 * ```
 * npm run compose && npm run control:compose                  all of them, about 6 minutes
 * npm run control:compose -- active-passive two-dc            these
 * ```
 * Exit 0 when every record came through everywhere. Needs `docker compose` or `docker-compose`.
 */
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { poll } from "../../src/kernel/clock.ts";

const FOLDER = resolve(import.meta.dirname, "../../compose");
const RECORDS = ["one", "two", "three"];
const READY_WITHIN_MS = 180_000;
const COMMAND_MS = 120_000;
const say = (line: string) => void process.stdout.write(`${line}\n`);

interface Ran {
  ok: boolean;
  stdout: string;
  stderr: string;
}

/** One Compose project, and a broker's address in it. */
class Project {
  readonly #command: readonly string[];
  readonly #text: string;

  constructor(compose: readonly string[], file: string) {
    const name = `control-${basename(file, ".yaml")}`;
    this.#command = [...compose, "-p", name, "-f", file];
    this.#text = readFileSync(file, "utf8");
  }

  run(args: string[], input = ""): Ran {
    const [program = "", ...rest] = [...this.#command, ...args];
    const options = { cwd: FOLDER, input, encoding: "utf8", timeout: COMMAND_MS } as const;
    const { status, stdout, stderr, error } = spawnSync(program, rest, options);
    return { ok: status === 0, stdout: stdout ?? "", stderr: error?.message ?? stderr ?? "" };
  }

  /** Brokers that start with the project, in order, as "name:port". */
  get brokers(): string[] {
    const found = this.#text.matchAll(/advertised\.listeners=PLAINTEXT:\/\/([\w-]+:\d+)/g);
    const cold = this.#text.includes("profiles:") ? /^standby/ : /^$/;
    return [...found].map(([, address = ""]) => address).filter((one) => !cold.test(one));
  }

  tool(at: string, name: string, args: string[], input = ""): Ran {
    const [service = ""] = at.split(":");
    const java = ["java", "-cp", "/opt/kafka/libs/*", `org.apache.kafka.tools.${name}`];
    return this.run(["exec", "-T", service, ...java, "--bootstrap-server", at, ...args], input);
  }
}

function composeCommand(): string[] {
  const plugin = spawnSync("docker", ["compose", "version"]);
  if (plugin.status === 0) return ["docker", "compose"];
  if (spawnSync("docker-compose", ["version"]).status === 0) return ["docker-compose"];
  throw new Error("neither `docker compose` nor `docker-compose` is there: install one of them");
}

/** What did not come through; undefined when all did. */
async function letThrough(project: Project): Promise<string | undefined> {
  const [first = ""] = project.brokers;
  const last = project.brokers.at(-1) ?? "";
  const isMirrored = first.split("-")[0] !== last.split("-")[0];
  let why = "";
  const topic = ["--topic", "orders"];
  const created = await poll(
    async () => {
      const shape = ["--partitions", "3", "--replication-factor", "3"];
      const made = project.tool(first, "TopicCommand", ["--create", ...topic, ...shape]);
      why = made.stderr.trim().split("\n").at(-1) ?? "";
      return made.ok || /already exists/.test(made.stderr + made.stdout) || undefined;
    },
    { everyMs: 1000, withinMs: READY_WITHIN_MS },
  );
  if (!created) return `no topic: ${why}`;
  const sent = project.tool(first, "ConsoleProducer", topic, `${RECORDS.join("\n")}\n`);
  if (!sent.ok) return `not produced: ${sent.stderr}`;
  const from = ["--topic", isMirrored ? "primary.orders" : "orders", "--from-beginning"];
  const limits = ["--max-messages", String(RECORDS.length), "--timeout-ms", "15000"];
  const read = await poll(
    async () => {
      const { stdout } = project.tool(last, "consumer.ConsoleConsumer", [...from, ...limits]);
      why = stdout.trim().replaceAll("\n", ", ");
      return RECORDS.every((record) => stdout.includes(record)) || undefined;
    },
    { everyMs: 1000, withinMs: READY_WITHIN_MS },
  );
  return read ? undefined : `read at ${last}: "${why}"`;
}

const shipped = readdirSync(FOLDER)
  .filter((name) => name.endsWith(".yaml"))
  .map((name) => basename(name, ".yaml"));
const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !shipped.includes(name));
if (unknown.length > 0 || shipped.length === 0) {
  throw new Error(`not in compose/: ${unknown.join(", ")}; there are ${shipped.join(", ")}`);
}
const files = (wanted.length > 0 ? wanted : shipped).map((name) => join(FOLDER, `${name}.yaml`));
if (!existsSync(join(FOLDER, ".env"))) throw new Error("compose/.env is missing: npm run compose");
const compose = composeCommand();
let failed = 0;
for (const file of files) {
  const project = new Project(compose, file);
  try {
    const up = project.run(["up", "-d"]);
    const problem = up.ok ? await letThrough(project) : `does not come up: ${up.stderr}`;
    if (problem !== undefined) failed += 1;
    const { brokers } = project;
    const told = `${brokers.length} brokers, ${RECORDS.length} records from ${brokers[0]} to ${brokers.at(-1)}`;
    say(`${problem === undefined ? "✓" : "✗"} ${basename(file)}: ${problem ?? told}`);
  } finally {
    const down = project.run(["down", "--volumes"]);
    if (!down.ok) say(`  ${basename(file)} was not taken down: ${down.stderr}`);
  }
}
say(`${files.length - failed} of ${files.length} Compose files let every record through`);
process.exitCode = failed > 0 ? 1 : 0;
