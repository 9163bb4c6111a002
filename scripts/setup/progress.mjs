/**
 * Progress on stderr: one numbered line for each step, indented lines for its slow parts.
 *
 * Rule: stdout stays free for results, and a step that had nothing to do prints one short line.
 */

/**
 * @typedef {object} Progress
 * @property {(title: string, work: () => Promise<string>) => Promise<void>} step
 *   Runs a step; `work` returns what was done ("cached", "started").
 * @property {<T>(title: string, work: () => Promise<T>) => Promise<T>} part
 * @property {(text: string) => void} note
 */

/**
 * @param {{ total: number, write?: (text: string) => void }} options
 * @returns {Progress}
 */
export function createProgress({ total, write = (text) => void process.stderr.write(text) }) {
  let number = 0;
  let heading = "";
  const announce = () => {
    if (heading !== "") write(`${heading}\n`);
    heading = "";
  };
  return {
    async step(title, work) {
      number += 1;
      const label = `[${number}/${total}] ${title}`;
      heading = label;
      const startedMs = performance.now();
      const outcome = await work();
      heading = "";
      write(`${label} … ${seconds(startedMs)} (${outcome})\n`);
    },
    async part(title, work) {
      announce();
      write(`      ${title} …\n`);
      const startedMs = performance.now();
      const result = await work();
      write(`      ${title}: ${seconds(startedMs)}\n`);
      return result;
    },
    note(text) {
      announce();
      write(`      ${text}\n`);
    },
  };
}

/** @param {number} startedMs */
export function seconds(startedMs) {
  const elapsed = (performance.now() - startedMs) / 1000;
  return `${elapsed.toFixed(elapsed < 1 ? 2 : 1)} s`;
}
