/**
 * Ends a mocha process that something holds open after its last test. A test that timed out leaves its
 * sockets and timers behind, and a gate that hangs says less than one that fails.
 */
const HELD_MAX_MS = 30_000;

export const mochaHooks = {
  afterAll(): void {
    // Unreferenced: it holds nothing open itself, and a process that ends by itself never meets it.
    setTimeout(() => {
      const held = process.getActiveResourcesInfo().join(", ");
      process.stderr.write(`\nthe tests are over, and the process is held open by ${held}\n`);
      // Mocha's own word on the exit code, the count of failures, was given before this one.
      process.on("exit", () => {
        process.exitCode = Math.max(Number(process.exitCode ?? 0), 1);
      });
      process.exit();
    }, HELD_MAX_MS).unref();
  },
};
