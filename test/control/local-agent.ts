/** The agent program as a process of this machine, asked through the harness' own end of it. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { resolve } from "node:path";
import readline from "node:readline";
import { AgentClient } from "../../src/drill/agent-client.ts";
import type { AgentEvent } from "../../src/workload/protocol.ts";

const ENTRY = resolve(import.meta.dirname, "../../src/workload/agent.ts");

export interface LocalAgent {
  client: AgentClient;
  /** Ends it, and waits until its journals are closed. */
  end(): Promise<void>;
}

/** `command`: what runs node, for example with a priority; empty for node alone. */
export async function startAgent(
  options: { name: string; run: string; journals: string; command: string[] },
  onEvent: (agent: AgentClient, event: AgentEvent) => void,
): Promise<LocalAgent> {
  const child = spawnNode(options.command, [ENTRY], true);
  const exited = once(child, "exit");
  const { stdin, stdout } = child;
  if (stdin === null || stdout === null) throw new Error("the agent has no pipes");
  const client = new AgentClient({
    name: options.name,
    region: "here",
    role: "canary",
    pipe: {
      write: (line) => void stdin.write(`${line}\n`),
      onLine: (listener) => void readline.createInterface({ input: stdout }).on("line", listener),
      onExit: (listener) => void exited.then(([code]) => listener(code as number | null)),
    },
    onEvent,
    onExit: () => {},
  });
  await client.hello(options.run, options.journals);
  return {
    client,
    end: async () => {
      await client.request("bye", {});
      await exited;
    },
  };
}

export function spawnNode(command: string[], args: string[], quiet = false): ChildProcess {
  const [program = process.execPath, ...rest] = [...command, process.execPath, ...args];
  // kafkajs tells of every refused connection; here they are refused on purpose.
  return spawn(program, rest, { stdio: ["pipe", "pipe", quiet ? "ignore" : "inherit"] });
}
