/**
 * A run that will be killed: makes its networks and an agent, says so, and waits for its end.
 * Argument: run id.
 */
import { DockerRuntime } from "../../src/runtime/docker/docker-runtime.ts";
import { twoRegions } from "./topologies.ts";

const [run = ""] = process.argv.slice(2);
const runtime = await DockerRuntime.connect({ run });
await runtime.prepare({ ...twoRegions(), links: [] });
await runtime.startAgent({ name: "agent-east-observer", region: "east" });
process.stdout.write("ready\n");
