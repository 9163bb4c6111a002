/** What the integration tests ask the engine itself, past the runtime under test. */
import Docker from "dockerode";
import { LABEL_RUN } from "../../src/runtime/docker/labels.ts";
import { temporaryFolder } from "./temporary.ts";

const docker = new Docker();

export function journalFolder(): string {
  return temporaryFolder("journals");
}

/** A run id nobody else has. */
export function testRun(name: string): string {
  return `it-${name}-${process.pid}`;
}

function ofRun(run: string) {
  return { label: [`${LABEL_RUN}=${run}`] };
}

export async function containersOf(run: string) {
  const found = await docker.listContainers({ all: true, filters: ofRun(run) });
  return Promise.all(found.map(({ Id }) => docker.getContainer(Id).inspect()));
}

export async function networksOf(run: string) {
  const found = await docker.listNetworks({ filters: ofRun(run) });
  return Promise.all(
    found.map(
      async ({ Id }) => (await docker.getNetwork(Id).inspect()) as Docker.NetworkInspectInfo,
    ),
  );
}

/** Names of everything the engine has of a run. */
export async function leftoversOf(run: string): Promise<string[]> {
  const containers = await docker.listContainers({ all: true, filters: ofRun(run) });
  const networks = await docker.listNetworks({ filters: ofRun(run) });
  return [...containers.flatMap(({ Names }) => Names), ...networks.map(({ Name }) => Name)];
}
