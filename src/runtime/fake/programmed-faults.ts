/**
 * What a test programs into the fake runtime: the next call of a verb on a name fails, does nothing,
 * or waits. A call meets at most one entry, in the order they were programmed.
 */
/** Every verb of a runtime or of a link that can be programmed. */
export type Verb =
  | "prepare"
  | "startNode"
  | "startReplication"
  | "startAgent"
  | "kill"
  | "stop"
  | "terminate"
  | "restart"
  | "pause"
  | "resume"
  | "remove"
  | "writeFile"
  | "destroy"
  | "cut"
  | "mend"
  | "degrade"
  | "restoreQuality"
  | "replan"
  | "showDead"
  | "showAlive"
  | "filter"
  | "unfilter"
  | "wipe"
  | "cutUnflushed"
  | "spoil"
  | "mendDisk";

export type Programmed =
  /** Throws; `after` says that the act happened all the same, as with a lost answer. */
  | { does: "fail"; error: Error; after: boolean }
  /** Resolves without having done anything. */
  | { does: "nothing" }
  /** Acts when it is released. */
  | { does: "wait"; begun: () => void; released: Promise<void> };

export class ProgrammedFaults {
  readonly #entries: { verb: Verb; name: string; programmed: Programmed }[] = [];

  add(verb: Verb, name: string, programmed: Programmed): void {
    this.#entries.push({ verb, name, programmed });
  }

  /** Runs an act as programmed; `name` is a container, a link ("east->west") or empty. */
  async perform(verb: Verb, name: string, act: () => void): Promise<void> {
    const programmed = this.#take(verb, name);
    switch (programmed?.does) {
      case undefined:
        return act();
      case "nothing":
        return;
      case "fail":
        if (programmed.after) act();
        throw programmed.error;
      case "wait":
        programmed.begun();
        await programmed.released;
        return act();
    }
  }

  #take(verb: Verb, name: string): Programmed | undefined {
    const at = this.#entries.findIndex((entry) => entry.verb === verb && entry.name === name);
    return at < 0 ? undefined : this.#entries.splice(at, 1)[0]?.programmed;
  }
}
