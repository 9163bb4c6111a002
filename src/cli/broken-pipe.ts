/**
 * `blackstart … | head`: the reader of our output ends before we do. Unlistened, the stream's error
 * would end the process on the spot, and leave the faults and the containers of a drill where they are.
 */
import type { Writable } from "node:stream";

/** What is written to a pipe that nobody reads is lost, and everything else goes on. */
export function outliveReaders(...outputs: Writable[]): void {
  for (const output of outputs) {
    output.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code !== "EPIPE") throw error;
    });
  }
}
