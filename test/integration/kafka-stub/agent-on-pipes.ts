/** The agent program as a process of a test's own, asked over its pipes; every line must be JSON. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import fs from "node:fs";
import os from "node:os";
import path from "node:path";
import readline from "node:readline";
import { readJournal } from "../../../src/history/journal-reader.ts";
import type { JournalInput } from "../../../src/reconcile/rows.ts";
import { until } from "../../unit/workload/fake-context.ts";

const ENTRY = path.resolve(import.meta.dirname, "../../../src/workload/agent.ts");

type Message = Record<string, unknown>;

export class AgentProcess {
  readonly folder = fs.mkdtempSync(path.join(os.tmpdir(), "blackstart-agent-"));
  readonly child: ChildProcess;
  readonly exited: Promise<unknown[]>;
  /** Every line of stdout, parsed: a line that is not JSON fails the test. */
  readonly messages: Message[] = [];
  #id = 0;

  constructor() {
    this.child = spawn(process.execPath, [ENTRY], { stdio: ["pipe", "pipe", "ignore"] });
    this.exited = once(this.child, "exit");
    const { stdout } = this.child;
    if (stdout === null) throw new Error("no stdout");
    readline.createInterface({ input: stdout }).on("line", (line) => {
      this.messages.push(JSON.parse(line) as Message);
    });
  }

  async ask(op: string, ask: unknown): Promise<Message> {
    this.#id += 1;
    const id = this.#id;
    this.child.stdin?.write(`${JSON.stringify({ id, op, ask })}\n`);
    await until(() => this.messages.some((message) => message["re"] === id), 5000);
    return this.messages.find((message) => message["re"] === id) ?? {};
  }

  hello(): Promise<Message> {
    return this.ask("hello", { run: "r", agent: "a", journalDir: this.folder });
  }

  /** Waits until this many producers had this many acks each, as the agent tells. */
  async acked(producers: number, acks: number): Promise<void> {
    const stats = () => this.messages.findLast((message) => message["event"] === "stats");
    await until(() => {
      const told = (stats()?.["producers"] ?? []) as { acked: number }[];
      return told.length >= producers && told.every(({ acked }) => acked > acks);
    }, 10_000);
  }

  /** Every journal it left, as the judge takes them. */
  journals(): JournalInput[] {
    return fs.readdirSync(this.folder).map((file) => ({
      file,
      agent: "a",
      role: file.split(".")[1] ?? "",
      read: (onBlock) => readJournal(path.join(this.folder, file), onBlock),
    }));
  }
  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill("SIGKILL");
    await this.exited;
    fs.rmSync(this.folder, { recursive: true });
  }
}
