/**
 * What every role of an agent is given: its journals, its voice to the harness, and the board
 * from which the periodic stats are read.
 */
import type { JournalWriter } from "../history/journal-writer.ts";
import type { AgentEvent, AgentStats } from "./protocol.ts";

export type ProducerFigures = AgentStats["producers"][number];
export type ReaderFigures = AgentStats["readers"][number];

/** Something the stats event tells about. Figures "since last asked" start again when taken. */
export interface ProducerSource {
  figures(nowUs: number): ProducerFigures;
  /** How late its sends left since last asked, by its own fault (not the cluster's), µs. */
  takeLateUs(): number;
}

export interface ReaderSource {
  takeFigures(): ReaderFigures;
}

export interface AgentContext {
  /** Opens a journal in the agent's folder and tells the harness. */
  openJournal(role: string): JournalWriter;
  closeJournal(journal: JournalWriter): void;
  emit(event: AgentEvent): void;
  /** Something happened to a client that explains its numbers. */
  clientEvent(client: string, what: string, detail?: string): void;
  /** By id; a role that was stopped stays, so that its last totals can still be read. */
  readonly producers: Map<number, ProducerSource>;
  readonly readers: Map<number, ReaderSource>;
  /** Called when something threw outside every promise: kafkajs clients then start anew. */
  readonly crashed: Set<(reason: string) => void>;
}

/** A role that runs until told otherwise. Stopping twice is stopping once. */
export interface Role {
  readonly journal: string;
  stop(): Promise<void>;
}
