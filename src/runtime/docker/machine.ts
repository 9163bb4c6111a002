/**
 * The machine of a Kafka node: the container that holds its address and its disk, and lives on when
 * the Kafka process dies. What it filters, the process in its network cannot reach or be reached by.
 *
 * Each rule is a table of its own in nftables, put in force as a whole, so lifting one leaves the
 * others. A port belongs to one node of the run, so it says whom a cut is about:
 * ```
 *  in   caller ─✕▶ :port of this node      out   this node ─✕▶ :port of another, or of its gateway
 * ```
 */
import { DrillError } from "../../kernel/errors.ts";
import type {
  DeadView,
  DialOutcome,
  ExecResult,
  NodeDisk,
  NodeMachine,
  PacketCut,
} from "../runtime.ts";
import { Disk } from "./disk.ts";

type Exec = (argv: string[], withinMs?: number) => Promise<ExecResult>;

export interface MachineOptions {
  node: string;
  address: string;
  /** Whether its disk has a size of its own. */
  sizedDisk: boolean;
  /** Address of another node, if it was started. */
  addressOf(node: string): string | undefined;
  exec: Exec;
}

/** Exit code of timeout(1) when the command was still running. */
const TIMED_OUT = 124;
const DIAL_SLACK_MS = 10_000;

export class Machine implements NodeMachine {
  readonly address: string;
  readonly disk: NodeDisk;
  readonly #options: MachineOptions;

  constructor(options: MachineOptions) {
    this.address = options.address;
    this.disk = new Disk({ node: options.node, sized: options.sizedDisk, exec: options.exec });
    this.#options = options;
  }

  async filter(rule: string, cuts: PacketCut[], as: DeadView): Promise<void> {
    const addressed = cuts.map(({ direction, ports, except }) => ({
      direction,
      ports,
      except: except.map((node) => this.#addressOf(node)),
    }));
    await this.#nft(filterText(tableOf(rule), addressed, as));
  }

  async unfilter(rule: string): Promise<void> {
    await this.#nft(liftText(tableOf(rule)));
  }

  /** By bash: the image has no other program that connects and says what it met. */
  async dial(node: string, port: number, timeoutMs: number): Promise<DialOutcome> {
    const seconds = String(timeoutMs / 1000);
    const done = await this.#options.exec(
      ["timeout", seconds, "bash", "-c", `exec 3<>/dev/tcp/${node}/${port}`],
      timeoutMs + DIAL_SLACK_MS,
    );
    if (done.exitCode === 0) return "connected";
    if (done.exitCode === TIMED_OUT) return "timeout";
    if (done.output.includes("refused")) return "refused";
    throw new Error(`${this.#options.node} cannot dial ${node}:${port}: ${done.output.trim()}`);
  }

  async #nft(text: string): Promise<void> {
    const done = await this.#options.exec(["nft", text]);
    if (done.exitCode === 0) return;
    const said = done.output.trim();
    throw new DrillError("E_FAULT_FAILED", `nft on the host of ${this.#options.node}: ${said}`);
  }

  #addressOf(node: string): string {
    const address = this.#options.addressOf(node);
    if (address === undefined) throw new DrillError("E_INTERNAL", `no node ${node} in this run`);
    return address;
  }
}

function tableOf(rule: string): string {
  return `blackstart_${rule.replace(/[^A-Za-z0-9]/g, "_")}`;
}

function liftText(table: string): string {
  return `add table inet ${table}\ndelete table inet ${table}\n`;
}

export interface AddressedCut {
  direction: "in" | "out";
  ports: number[];
  /** Addresses that pass. */
  except: string[];
}

/**
 * The whole table. A drop takes requests and answers; a reset answers the request's packets and so
 * needs the way back: its own reset would be dropped else.
 */
export function filterText(table: string, cuts: AddressedCut[], as: DeadView): string {
  const lines = [liftText(table).trimEnd(), `add table inet ${table}`];
  for (const [hook, device] of [
    ["input", "iif"],
    ["output", "oif"],
  ] as const) {
    lines.push(`add chain inet ${table} ${hook} { type filter hook ${hook} priority 0; }`);
    // The machine talks to itself, also by its own address.
    lines.push(`add rule inet ${table} ${hook} ${device} lo accept`);
    for (const { direction, ports, except } of cuts) {
      const asking = (direction === "in") === (hook === "input");
      if (ports.length === 0 || (as === "refuse" && !asking)) continue;
      const other = hook === "input" ? "saddr" : "daddr";
      const passes = except.length > 0 ? `ip ${other} != { ${except.join(", ")} } ` : "";
      const end = asking ? "dport" : "sport";
      const verdict = as === "refuse" ? "reject with tcp reset" : "drop";
      const what = `${passes}tcp ${end} { ${ports.join(", ")} } ${verdict}`;
      lines.push(`add rule inet ${table} ${hook} ${what}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
