/**
 * Black holes: rules of the kernel's packet filter that drop every packet to a port.
 *
 * They are set in a network namespace that the control alone has (`outages.ts`), so they meet no
 * other traffic and are gone with the control, however it ends. One shell makes all changes, one
 * after another: starting a process for each would make the truth itself some milliseconds wide.
 */
import { type ChildProcess, spawn } from "node:child_process";
import readline from "node:readline";
import { monotonicUs } from "../../src/kernel/clock.ts";
import type { Act } from "./path-cut.ts";

export class PacketFilter {
  readonly #shell: ChildProcess = spawn("sh", { stdio: ["pipe", "pipe", "inherit"] });
  readonly #waiting: ((line: string) => void)[] = [];
  #last: Promise<unknown> = Promise.resolve();

  constructor() {
    const { stdout } = this.#shell;
    if (stdout === null) throw new Error("the shell has no output");
    readline.createInterface({ input: stdout }).on("line", (line) => this.#waiting.shift()?.(line));
  }

  /** From `afterUs` on no packet reaches the port, and before `beforeUs` every one did. */
  drop(port: number): Promise<Act> {
    return this.#change("-A", port);
  }

  pass(port: number): Promise<Act> {
    return this.#change("-D", port);
  }

  #change(verb: "-A" | "-D", port: number): Promise<Act> {
    const act = this.#last.then(async () => {
      const told = new Promise<string>((resolve) => this.#waiting.push(resolve));
      const beforeUs = monotonicUs();
      this.#shell.stdin?.write(
        `iptables -w ${verb} INPUT -p tcp --dport ${port} -j DROP; echo $?\n`,
      );
      const status = await told;
      if (status !== "0") throw new Error(`iptables ${verb} of port ${port} ended with ${status}`);
      return { beforeUs, afterUs: monotonicUs() };
    });
    this.#last = act.catch(() => {});
    return act;
  }

  close(): void {
    this.#shell.stdin?.end();
  }
}
