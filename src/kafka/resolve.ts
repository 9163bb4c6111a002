/**
 * Names to addresses, without ever waiting for a name that was known a moment ago.
 *
 * Node's usual look-up blocks one of four threads until it ends. In a container network the name of
 * a dead node is asked of servers outside, where the question hangs for seconds: a few dead nodes,
 * and nobody in this process can look up the living ones. So names are asked over the network
 * (c-ares, no thread), once at a time each, and an address that was found stays good while it is
 * being asked for again. Nodes keep their address over a restart.
 */
import { Resolver } from "node:dns/promises";
import fs from "node:fs";
import net from "node:net";
import { monotonicUs } from "../kernel/clock.ts";

const ASK_TIMEOUT_MS = 800;
const FRESH_US = 2_000_000;

/** Asks for the IPv4 addresses of a name. */
export type AskName = (name: string) => Promise<string[]>;

interface Entry {
  address: string | undefined;
  askedUs: number;
  asking: Promise<string> | undefined;
}

export class NameCache {
  readonly #ask: AskName;
  readonly #hosts: ReadonlyMap<string, string>;
  readonly #entries = new Map<string, Entry>();

  constructor(ask: AskName, hosts: ReadonlyMap<string, string>) {
    this.#ask = ask;
    this.#hosts = hosts;
  }

  /** The address of a host; rejects when it is not known and cannot be found out now. */
  async resolve(host: string): Promise<string> {
    if (net.isIP(host) !== 0) return host;
    let entry = this.#entries.get(host);
    if (entry === undefined) {
      entry = { address: undefined, askedUs: 0, asking: undefined };
      this.#entries.set(host, entry);
    }
    if (entry.address === undefined) return this.#refresh(host, entry);
    if (monotonicUs() - entry.askedUs > FRESH_US) this.#refresh(host, entry).catch(() => {});
    return entry.address;
  }

  /** The address of a host as the name servers tell it now, whatever was known before. */
  async ask(host: string): Promise<string> {
    if (net.isIP(host) !== 0) return host;
    const address = this.#hosts.get(host) ?? (await this.#ask(host))[0];
    if (address === undefined) throw new Error(`${host} has no address`);
    return address;
  }

  #refresh(host: string, entry: Entry): Promise<string> {
    entry.asking ??= this.#find(host, entry).finally(() => {
      entry.asking = undefined;
      entry.askedUs = monotonicUs();
    });
    return entry.asking;
  }

  async #find(host: string, entry: Entry): Promise<string> {
    entry.address = await this.ask(host);
    return entry.address;
  }
}

/** The IPv4 entries of a hosts file. */
export function parseHosts(text: string): Map<string, string> {
  const hosts = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [address = "", ...names] = line.replace(/#.*/, "").trim().split(/\s+/);
    if (!net.isIPv4(address)) continue;
    for (const name of names) if (!hosts.has(name)) hosts.set(name, address);
  }
  return hosts;
}

function readHosts(): Map<string, string> {
  try {
    return parseHosts(fs.readFileSync("/etc/hosts", "utf8"));
  } catch {
    return new Map();
  }
}

/** Asks the name servers of this machine, now. */
export const askNameServers: AskName = (name) =>
  new Resolver({ timeout: ASK_TIMEOUT_MS, tries: 2 }).resolve4(name);

/** What every low-level connection of this process resolves with. */
export const names = new NameCache(askNameServers, readHosts());
