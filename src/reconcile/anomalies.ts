/**
 * The book of findings: every class of metrics.md, counted in full, shown by its worst examples.
 *
 * A finding is a *value*. Nothing here throws, and nothing is dropped: what the cap cuts from the
 * examples has been counted, and has been given to `onFinding`, which may write the full list.
 */
import { SIZE } from "./limits.ts";
import { type Anomaly, type AnomalyClass, type AnomalyExample, anomalyClasses } from "./result.ts";
import type { Stream } from "./world.ts";

/** Where and what; the detail is made only for examples that are kept. */
export interface Finding {
  /** Records (or places) this finding stands for. */
  count: number;
  stream?: Stream;
  log?: { id: number; topic: string };
  partition?: number;
  seqFirst?: number;
  offset?: number;
  atMs?: number;
  detail: () => string;
}

export interface FindingKind {
  class: AnomalyClass;
  /** Kept apart by cause. */
  cause?: string;
  violation: boolean;
}

export type OnFinding = (kind: FindingKind, example: AnomalyExample, count: number) => void;

interface Heap {
  kind: FindingKind;
  /** False for canary and readiness streams: they are no part of the headline. */
  headline: boolean;
  count: number;
  worst: Finding[];
}

export class Anomalies {
  readonly #heaps = new Map<string, Heap>();
  readonly #onFinding: OnFinding | undefined;

  constructor(onFinding?: OnFinding) {
    this.#onFinding = onFinding;
  }

  add(kind: FindingKind, finding: Finding): void {
    if (finding.count <= 0) return;
    const headline = finding.stream?.application ?? true;
    const cause = headline
      ? kind.cause
      : [`${finding.stream?.producer.kind} stream`, kind.cause].filter(Boolean).join(", ");
    const key = `${kind.class}/${cause ?? ""}/${kind.violation}`;
    let heap = this.#heaps.get(key);
    if (!heap) {
      const { class: name, violation } = kind;
      const named = cause === undefined ? { class: name, violation } : { ...kind, cause };
      heap = { kind: named, headline, count: 0, worst: [] };
      this.#heaps.set(key, heap);
    }
    heap.count += finding.count;
    this.#onFinding?.(heap.kind, exampleOf(finding), finding.count);
    insertWorst(heap.worst, finding);
  }

  /** How many findings of a class concern the application; optionally of some causes only. */
  countOf(name: AnomalyClass, accept: (kind: FindingKind) => boolean = () => true): number {
    let count = 0;
    for (const heap of this.#heaps.values()) {
      if (heap.kind.class === name && heap.headline && accept(heap.kind)) count += heap.count;
    }
    return count;
  }

  list(): Anomaly[] {
    const order = (heap: Heap) => anomalyClasses.indexOf(heap.kind.class);
    return [...this.#heaps.values()]
      .sort((a, b) => order(a) - order(b) || compareText(a.kind.cause, b.kind.cause))
      .map(({ kind, count, worst }) => ({ ...kind, count, examples: worst.map(exampleOf) }));
  }
}

function compareText(a = "", b = ""): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** The longest runs first; of equals the one that comes first on the logs. */
function compare(a: Finding, b: Finding): number {
  return (
    b.count - a.count ||
    (a.log?.id ?? -1) - (b.log?.id ?? -1) ||
    (a.partition ?? -1) - (b.partition ?? -1) ||
    (a.stream?.index ?? -1) - (b.stream?.index ?? -1) ||
    (a.seqFirst ?? -1) - (b.seqFirst ?? -1) ||
    (a.offset ?? -1) - (b.offset ?? -1)
  );
}

function insertWorst(worst: Finding[], finding: Finding): void {
  const last = worst.at(-1);
  if (worst.length === SIZE.examplesMax && last && compare(last, finding) <= 0) return;
  let at = worst.length;
  while (at > 0 && compare(worst[at - 1] as Finding, finding) > 0) at -= 1;
  worst.splice(at, 0, finding);
  if (worst.length > SIZE.examplesMax) worst.pop();
}

function exampleOf(finding: Finding): AnomalyExample {
  const { stream, log, partition, seqFirst, count, offset, atMs } = finding;
  return {
    log: log?.id ?? null,
    topic: log?.topic ?? null,
    producer: stream?.producer.name ?? null,
    partition: partition ?? stream?.partition ?? null,
    seqFirst: seqFirst ?? null,
    seqLast: seqFirst === undefined ? null : seqFirst + count - 1,
    offset: offset ?? null,
    atMs: atMs === undefined ? null : Math.round(atMs * 1000) / 1000,
    detail: finding.detail(),
  };
}
