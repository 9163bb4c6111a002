/**
 * Named errors of the set-up: every failure says what was expected and what to do about it.
 *
 * One table gives the code and the general advice; the place that throws adds what it saw.
 * All of them end the process with status 4 (environment error), except a wrong argument (2).
 */

/** @typedef {keyof typeof ADVICE} SetupErrorCode */

const ADVICE = /** @type {const} */ ({
  USAGE: "See `node scripts/setup.mjs --help`.",
  NPM_FAILED: "Run `npm ci` by hand in the checkout and read what it prints.",
  ENGINE_MISSING:
    "Install Docker (Debian: apt-get install docker.io iptables; elsewhere: " +
    "https://docs.docker.com/engine/install/), start it, or point DOCKER_HOST at one.",
  ENGINE_NOT_STARTED: "Start it by hand (`dockerd`) and read its log, then run the set-up again.",
  ENGINE_REQUEST_FAILED: "Check that the engine still answers, then run the set-up again.",
  PACKAGES_MISSING: "Install the packages named above, then run the set-up again.",
  APT_FAILED: "Run the apt-get command above by hand and read what it prints.",
  BASE_FAILED: "Check that the Debian mirror in apt's own sources answers, then run it again.",
  JARS_FAILED: "Check that Maven Central answers and that this Kafka version exists there.",
  GATEWAY_FAILED: "Toxiproxy needs Go 1.23 or later (`go version`) and a Go module proxy.",
  AGENT_FAILED: "Run `npm ci` with install scripts allowed: npm's `node` package brings Node.",
  IMAGE_FAILED: "Read the end of the build output above; inputs are in compose/images/.",
  LOCK_TIMEOUT: "Another set-up holds the lock. Wait for it, or end that process.",
});

/** An operating error of the set-up, with a code, what was seen, and what to do. */
export class SetupError extends Error {
  /**
   * @param {SetupErrorCode} code
   * @param {string} message
   * @param {{ cause?: unknown, advice?: string }} [options]
   */
  constructor(code, message, options = {}) {
    super(message, { cause: options.cause });
    this.name = "SetupError";
    this.code = code;
    this.advice = options.advice ?? ADVICE[code];
    this.exitStatus = code === "USAGE" ? 2 : 4;
  }
}
