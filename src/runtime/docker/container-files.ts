/**
 * One file of a container, read and written through the engine, which also serves dead containers.
 *
 * The engine speaks tar. What is written is the archive that was read with the file's own bytes
 * changed, so owner, mode and times stay; a file of another length would need another archive, and is
 * refused.
 */
import { dirname } from "node:path";
import type Docker from "dockerode";

const BLOCK = 512;
const SIZE = { at: 124, length: 12 };
const TYPE_AT = 156;
/** Regular files: "0", and a zero byte of old writers. */
const REGULAR = [0x30, 0];

export async function readFileIn(container: Docker.Container, path: string): Promise<Buffer> {
  const archive = await archiveOf(container, path);
  const { from, to } = fileIn(archive, path);
  return archive.subarray(from, to);
}

/** `bytes`: as many as the file has. */
export async function writeFileIn(
  container: Docker.Container,
  path: string,
  bytes: Buffer,
): Promise<void> {
  const archive = await archiveOf(container, path);
  const { from, to } = fileIn(archive, path);
  if (bytes.length !== to - from) {
    throw new Error(`${path} has ${to - from} bytes, and ${bytes.length} were to be written`);
  }
  bytes.copy(archive, from);
  await container.putArchive(archive, { path: dirname(path) });
}

async function archiveOf(container: Docker.Container, path: string): Promise<Buffer> {
  const stream = await container.getArchive({ path });
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** Where the bytes of the one regular file are; headers of other kinds are passed over. */
export function fileIn(archive: Buffer, path: string): { from: number; to: number } {
  for (let at = 0; at + BLOCK <= archive.length; ) {
    const text = archive.toString("latin1", at + SIZE.at, at + SIZE.at + SIZE.length);
    const size = Number.parseInt(text.replace(/[\0 ].*$/, ""), 8) || 0;
    const from = at + BLOCK;
    if (REGULAR.includes(archive[at + TYPE_AT] ?? -1) && archive[at] !== 0) {
      return { from, to: from + size };
    }
    at = from + Math.ceil(size / BLOCK) * BLOCK;
  }
  throw new Error(`${path} is no regular file`);
}
