/**
 * A run that will be killed: makes its networks and an agent, says so, and waits for its end.
 * Arguments: run id, journal folder.
 */
import { DockerRuntime } from "../../src/runtime/docker/docker-runtime.ts";
import { twoRegions } from "./topologies.ts";

const [run = "", journalDir = ""] = process.argv.slice(2);
const runtime = await DockerRuntime.connect({ run, journalDir });
await runtime.prepare({ ...twoRegions(), links: [] });
await runtime.startAgent({ name: "agent-east-observer", region: "east" });
process.stdout.write("ready\n");
