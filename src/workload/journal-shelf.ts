/** The journals of one agent: those being written, and how far the closed ones got. */
import { JournalWriter } from "../history/journal-writer.ts";

type JournalProgress = ReturnType<JournalWriter["progress"]>;

export class JournalShelf {
  readonly #identity: { run: string; agent: string };
  readonly #folder: string;
  readonly #open = new Set<JournalWriter>();
  readonly #closed: JournalProgress[] = [];
  #writeMaxUs = 0;

  constructor(options: { run: string; agent: string; journalDir: string }) {
    this.#identity = { run: options.run, agent: options.agent };
    this.#folder = options.journalDir;
  }

  open(role: string): JournalWriter {
    const journal = JournalWriter.open(this.#folder, { ...this.#identity, role });
    this.#open.add(journal);
    return journal;
  }

  close(journal: JournalWriter): void {
    if (!this.#open.delete(journal)) return;
    journal.close();
    this.#writeMaxUs = Math.max(this.#writeMaxUs, journal.takeWriteMaxUs());
    this.#closed.push(journal.progress());
  }

  /** Closes all; tries every one and gives the first failure. */
  closeAll(): unknown {
    let failure: unknown;
    for (const journal of [...this.#open]) {
      try {
        this.close(journal);
      } catch (error) {
        failure ??= error;
      }
    }
    return failure;
  }

  /** How far each journal is on disk, closed ones included. */
  progress(): JournalProgress[] {
    return [...this.#closed, ...[...this.#open].map((journal) => journal.progress())];
  }

  takeWriteMaxUs(): number {
    let longest = this.#writeMaxUs;
    this.#writeMaxUs = 0;
    for (const journal of this.#open) longest = Math.max(longest, journal.takeWriteMaxUs());
    return longest;
  }
}
