/**
 * Is somebody there? One TCP connect and one ApiVersions round trip, over a bare socket, so that
 * what failed can be told apart: the name, the connect, or the answer.
 */
import net from "node:net";
import { monotonicUs } from "../kernel/clock.ts";
import { names } from "./resolve.ts";

export type ProbeOutcome =
  | "answered"
  | "refused"
  | "timeout"
  | "connected-silent"
  | "unresolved"
  | "reset";

/** ApiVersions version 0, correlation id 1, no client id: the oldest request every broker knows. */
const API_VERSIONS = Buffer.from([0, 0, 0, 10, 0, 18, 0, 0, 0, 0, 0, 1, 0xff, 0xff]);

export function probeConnect(ask: {
  host: string;
  port: number;
  timeoutMs: number;
}): Promise<{ outcome: ProbeOutcome; tookMs: number }> {
  const startUs = monotonicUs();
  return new Promise((resolve) => {
    let resolved = false;
    let connected = false;
    const socket = new net.Socket();
    const finish = (outcome: ProbeOutcome) => {
      clearTimeout(timer);
      socket.destroy();
      resolve({ outcome, tookMs: (monotonicUs() - startUs) / 1000 });
    };
    const timer = setTimeout(() => {
      if (connected) finish("connected-silent");
      else finish(resolved ? "timeout" : "unresolved");
    }, ask.timeoutMs);
    socket.once("connect", () => {
      connected = true;
      socket.write(API_VERSIONS);
    });
    socket.once("data", () => finish("answered"));
    socket.once("error", (error: NodeJS.ErrnoException) => finish(outcomeOf(error, connected)));
    socket.once("close", () => finish("reset"));
    names.ask(ask.host).then(
      (address) => {
        resolved = true;
        if (!socket.destroyed) socket.connect({ host: address, port: ask.port });
      },
      () => finish("unresolved"),
    );
  });
}

/** What a socket error says; `connected`: whether the connection stood before it. */
export function outcomeOf(error: { code?: string | undefined }, connected: boolean): ProbeOutcome {
  switch (error.code) {
    case "ECONNREFUSED":
      return "refused";
    case "ETIMEDOUT":
    case "EHOSTUNREACH":
    case "ENETUNREACH":
      return connected ? "reset" : "timeout";
    default:
      return "reset";
  }
}
