/**
 * The few calls of the Docker Engine API that the set-up needs, over node:http.
 *
 * The API and not the CLI: Debian packages the CLI apart from the engine in some releases, and a
 * dropped connection cancels a build, so Ctrl-C leaves nothing half-made. `version=1` asks for
 * the classic builder, which every engine has; buildx need not be there.
 */
import { request } from "node:http";
import { environment } from "./environment.mjs";
import { SetupError } from "./errors.mjs";

/** @typedef {{ socketPath: string } | { host: string, port: number }} Endpoint */

/** @returns {Endpoint} */
export function endpointOf(dockerHost = environment["DOCKER_HOST"]) {
  if (dockerHost === undefined || dockerHost === "") return { socketPath: "/var/run/docker.sock" };
  const url = new URL(dockerHost);
  if (url.protocol === "unix:") return { socketPath: url.pathname };
  if (url.protocol === "tcp:" || url.protocol === "http:") {
    return { host: url.hostname, port: Number(url.port || "2375") };
  }
  throw new SetupError(
    "ENGINE_MISSING",
    `Expected DOCKER_HOST to start with unix:// or tcp://, got ${dockerHost}.`,
  );
}

/**
 * @typedef {object} Call
 * @property {"GET" | "POST" | "DELETE"} [method]
 * @property {string} path
 * @property {Record<string, string>} [query]
 * @property {NodeJS.ReadableStream} [body]
 * @property {AbortSignal} [signal]
 * @property {number} [timeoutMs]
 * @property {(line: string) => void} [onLine] Told each line of a streamed answer.
 */

/**
 * @param {Endpoint} endpoint
 * @param {Call} call
 * @returns {Promise<{ status: number, text: string }>}
 */
export function callEngine(endpoint, call) {
  const query = call.query === undefined ? "" : `?${new URLSearchParams(call.query)}`;
  return new Promise((resolve, reject) => {
    const outgoing = request({
      ...endpoint,
      method: call.method ?? "GET",
      path: `${call.path}${query}`,
      headers: call.body === undefined ? {} : { "content-type": "application/x-tar" },
      signal: call.signal,
      timeout: call.timeoutMs ?? 0,
    });
    outgoing.on("timeout", () => outgoing.destroy(new Error("the engine did not answer in time")));
    outgoing.on("error", reject);
    outgoing.on("response", (incoming) => {
      let text = "";
      let rest = "";
      incoming.setEncoding("utf8");
      incoming.on("data", (/** @type {string} */ chunk) => {
        if (call.onLine === undefined) {
          text += chunk;
          return;
        }
        const lines = (rest + chunk).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) call.onLine(line);
      });
      incoming.on("error", reject);
      incoming.on("end", () => {
        if (rest !== "") call.onLine?.(rest);
        resolve({ status: incoming.statusCode ?? 0, text });
      });
    });
    if (call.body === undefined) outgoing.end();
    else call.body.on("error", (error) => outgoing.destroy(error)).pipe(outgoing);
  });
}

/**
 * Runs a call whose answer is a stream of JSON messages (build, import, pull).
 *
 * @param {Endpoint} endpoint
 * @param {Call} call
 * @param {(text: string) => void} keep Receives the output, for the log.
 */
export async function streamFromEngine(endpoint, call, keep) {
  let failure = "";
  const answer = await callEngine(endpoint, {
    ...call,
    method: "POST",
    onLine(line) {
      if (line.trim() === "") return;
      const message = JSON.parse(line);
      if (typeof message.stream === "string") keep(message.stream);
      if (typeof message.status === "string") keep(`${message.status}\n`);
      if (typeof message.message === "string") failure = message.message;
      if (typeof message.error === "string") failure = message.error;
    },
  });
  if (failure !== "" || answer.status >= 300) {
    throw new SetupError("ENGINE_REQUEST_FAILED", `${call.path}: ${failure} (${answer.status})`);
  }
}

/**
 * @param {Endpoint} endpoint
 * @returns {Promise<Map<string, string>>} Image id for each tag under `blackstart/`.
 */
export async function listImages(endpoint) {
  const filters = JSON.stringify({ reference: ["blackstart/*"] });
  const answer = await callEngine(endpoint, { path: "/images/json", query: { filters } });
  if (answer.status !== 200) throw new SetupError("ENGINE_REQUEST_FAILED", answer.text);
  /** @type {{ Id: string, RepoTags: string[] | null }[]} */
  const images = JSON.parse(answer.text);
  return new Map(images.flatMap(({ Id, RepoTags }) => (RepoTags ?? []).map((tag) => [tag, Id])));
}
