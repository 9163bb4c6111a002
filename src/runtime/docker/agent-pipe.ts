/**
 * The pipe to an agent: the container's stdin and stdout, attached through the engine's API.
 *
 * Attaching happens after the start, with the log replayed, so no line is missed.
 */
import { PassThrough } from "node:stream";
import type Docker from "dockerode";
import type { AgentPipe } from "../runtime.ts";

export async function attachAgent(docker: Docker, containerId: string): Promise<AgentPipe> {
  const container = docker.getContainer(containerId);
  const stream = await container.attach({
    stream: true,
    stdin: true,
    stdout: true,
    stderr: false,
    logs: true,
    hijack: true,
  });
  const output = new PassThrough();
  docker.modem.demuxStream(stream, output, new PassThrough().resume());
  const lines: ((line: string) => void)[] = [];
  const exits: ((exitCode: number | null) => void)[] = [];
  let rest = "";
  output.setEncoding("utf8");
  output.on("data", (chunk: string) => {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    for (const line of parts) {
      if (line !== "") for (const listener of lines) listener(line);
    }
  });
  let ended = false;
  const end = () => {
    if (ended) return;
    ended = true;
    void exitCodeOf(container).then((code) => {
      for (const listener of exits) listener(code);
    });
  };
  stream.on("end", end);
  stream.on("close", end);
  stream.on("error", end);
  return {
    write(line) {
      if (!ended) stream.write(`${line}\n`);
    },
    onLine: (listener) => void lines.push(listener),
    onExit: (listener) => void exits.push(listener),
  };
}

async function exitCodeOf(container: Docker.Container): Promise<number | null> {
  try {
    return (await container.inspect()).State.ExitCode;
  } catch {
    return null;
  }
}
