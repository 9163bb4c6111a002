/**
 * A connection that stays open across a link, held by a program inside an agent's container. It asks
 * the broker again and again; what it lives through is a state: answered, silent or closed.
 */
import { poll } from "../../src/kernel/clock.ts";
import type { Runtime } from "../../src/runtime/runtime.ts";

/** Runs in the container: asks every 50 ms, writes its state to a file, ends when the file says so. */
const PROGRAM = `
const [host, port, file] = process.argv.slice(1);
const fs = require("node:fs");
const apiVersions = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 255, 255]);
let answeredAt = 0, state = "", socket;
const become = (next) => { if (next !== state) fs.writeFileSync(file, (state = next)); };
const open = () => {
  socket = require("node:net").connect(Number(port), host);
  socket.on("data", () => { answeredAt = Date.now(); become("answered"); });
  socket.on("error", () => {});
  // A broker that is still starting refuses; after the first answer there is one connection only.
  socket.on("close", () => (state === "" ? setTimeout(open, 50) : become("closed")));
};
open();
setInterval(() => {
  if (fs.existsSync(file + ".stop")) process.exit();
  if (!socket.destroyed) socket.write(apiVersions);
  if (state === "answered" && Date.now() - answeredAt > 400) become("silent");
}, 50);
`;
const LIVES_MS = 15_000;

export class OpenConnection {
  readonly #runtime: Runtime;
  readonly #from: string;
  readonly #file: string;
  readonly #ended: Promise<unknown>;

  constructor(options: {
    runtime: Runtime;
    from: string;
    host: string;
    port: number;
    name: string;
  }) {
    this.#runtime = options.runtime;
    this.#from = options.from;
    this.#file = `/tmp/${options.name}`;
    const argv = ["/usr/local/bin/node", "-e", PROGRAM, options.host, String(options.port)];
    const work = options.runtime.exec(options.from, [...argv, this.#file], LIVES_MS);
    this.#ended = Promise.allSettled([work]);
  }

  /** Waits until the connection is in this state, and gives the last one it was in. */
  async becomes(wanted: string): Promise<string> {
    let last = "";
    const look = async () => {
      last = (await this.#runtime.exec(this.#from, ["cat", this.#file])).output;
      return last === wanted || undefined;
    };
    await poll(look, { everyMs: 20, withinMs: 5000 });
    return last;
  }

  async stop(): Promise<void> {
    await this.#runtime.exec(this.#from, ["touch", `${this.#file}.stop`]);
    await this.#ended;
  }
}
