/**
 * Findings about what lies on the logs, apart from what is missing: duplicates, order, damaged
 * bytes, and records that should not be there at all.
 */
import { DEFECT } from "../history/journal-format.ts";
import type { Anomalies, FindingKind } from "./anomalies.ts";
import { BitPlane, select, unionOf } from "./bit-plane.ts";
import type { Chronicle } from "./chronicle.ts";
import type { AuditedPlace, BadRecord, DuplicateRun, Ledger } from "./ledger.ts";
import { holderOf, nameOf, offsetOf } from "./neighbourhood.ts";

export interface Book {
  ledger: Ledger;
  chronicle: Chronicle;
  anomalies: Anomalies;
}

/** The last reading of every place that was read. */
export function finalAudits(ledger: Ledger): AuditedPlace[] {
  return ledger.world.places.flatMap(({ index }) => ledger.finalOf(index) ?? []);
}

/**
 * One record at two offsets of one log. On a mirror, naive rule: its own retry did it.
 * Counter-example: the producer's retry had appended the record twice at the source, and the
 * mirror copied both, faithfully. So what is doubled at the source already is kept apart.
 */
export function noteDuplicates({ ledger, anomalies }: Book): void {
  for (const audit of finalAudits(ledger)) {
    let kept = 0;
    for (const run of audit.duplicates) {
      kept += run.count;
      const again = duplicatedAtSource(ledger, audit, run);
      const note = (kind: FindingKind, count: number) =>
        anomalies.add(kind, {
          count,
          stream: ledger.world.stream(run.stream),
          log: audit.place.log,
          partition: audit.place.partition,
          seqFirst: run.seqFirst,
          offset: run.offset,
          detail: () => describeDuplicate(ledger, audit, run),
        });
      const kind = { class: "duplicate-append", violation: true } as const;
      note({ ...kind, cause: "copied from the source log", violation: false }, again);
      note({ ...kind, cause: causeOf(ledger, audit, run) }, run.count - again);
    }
    if (audit.duplicateAppends <= kept) continue;
    anomalies.add(
      { class: "duplicate-append", cause: "beyond what was kept", violation: true },
      {
        count: audit.duplicateAppends - kept,
        log: audit.place.log,
        partition: audit.place.partition,
        detail: () => "counted, but too many to be kept one by one",
      },
    );
  }
}

function causeOf(ledger: Ledger, audit: AuditedPlace, run: DuplicateRun): string {
  const { log } = audit.place;
  if (ledger.world.stream(run.stream).log !== log) return "mirror retry or restart";
  return log.mirrorOf === undefined ? "producer retry" : "failback or producer retry";
}

function duplicatedAtSource(ledger: Ledger, audit: AuditedPlace, run: DuplicateRun): number {
  const own = ledger.world.stream(run.stream).log;
  if (own === audit.place.log) return 0;
  const source = ledger.finalAudit(own.id, audit.place.partition);
  if (!source) return 0;
  const doubled = source.duplicatePlane(run.stream);
  return doubled?.countIn(run.seqFirst, run.count) ?? 0;
}

function describeDuplicate(ledger: Ledger, audit: AuditedPlace, run: DuplicateRun): string {
  const first = offsetOf(audit.table, run.stream, run.seqFirst);
  const name = nameOf(ledger.world, run.stream, run.seqFirst);
  const before = holderOf(ledger.world, audit.table, run.offset - 1);
  return `${name} lies at offset ${first} and again at ${run.offset}; ${before}`;
}

/** Offset defects by class; foreign and alien records are phantoms, the others are hurt. */
const DEFECTS: Record<number, { class: "corrupt" | "phantom"; cause: string }> = {
  [DEFECT.crc]: { class: "corrupt", cause: "checksum mismatch" },
  [DEFECT.body]: { class: "corrupt", cause: "body of another record" },
  [DEFECT.length]: { class: "corrupt", cause: "truncated or extended" },
  [DEFECT.foreign]: { class: "phantom", cause: "record of another run" },
  [DEFECT.alien]: { class: "phantom", cause: "not a record of this drill" },
};

function defectOf(defect: number): { class: "corrupt" | "phantom"; cause: string } {
  return DEFECTS[defect] ?? { class: "corrupt", cause: `defect ${defect}` };
}

/**
 * Records whose bytes are not what was sent. A hurt record that replication carried over is one
 * defect seen twice; the copy is kept apart by cause.
 */
export function noteBadRecords({ ledger, chronicle, anomalies }: Book): void {
  const { world } = ledger;
  const atSource = new Set<string>();
  const identity = (bad: BadRecord) => `${bad.producer}/${bad.partition}/${bad.seq}/${bad.defect}`;
  const isMirror = (bad: BadRecord) => world.place(bad.place).log.role === "mirror";
  for (const bad of ledger.bad) if (!isMirror(bad)) atSource.add(identity(bad));
  for (const bad of ledger.bad) {
    const known = defectOf(bad.defect);
    const copied = isMirror(bad) && bad.defect !== DEFECT.alien && atSource.has(identity(bad));
    const place = world.place(bad.place);
    const index = world.streamIndex(bad.producer, bad.partition);
    const claims = known.class === "corrupt" && index >= 0 ? world.stream(index) : undefined;
    const audit = ledger.finalAudit(place.log.id, place.partition);
    anomalies.add(
      {
        class: known.class,
        cause: copied ? `${known.cause}, copied from the source log` : known.cause,
        violation: !copied,
      },
      {
        count: 1,
        ...(claims ? { stream: claims, seqFirst: bad.seq } : {}),
        log: place.log,
        partition: place.partition,
        offset: bad.offset,
        atMs: chronicle.ms(bad.tUs),
        detail: () =>
          `${known.cause} at offset ${bad.offset} of ${world.placeName(place.log, place.partition)}` +
          (claims ? `, claims to be ${nameOf(world, index, bad.seq)}` : "") +
          (audit ? `; ${holderOf(world, audit.table, bad.offset - 1)}` : ""),
      },
    );
  }
}

/** Too many to be kept one by one: counted, without a place. */
export function noteBadBeyond({ ledger, anomalies }: Book): void {
  for (const [defect, count] of [...ledger.badBeyond].sort(([a], [b]) => a - b)) {
    anomalies.add(
      { ...defectOf(defect), violation: true },
      { count, detail: () => `${count} more, not kept one by one` },
    );
  }
}

/**
 * Records that are there although they should not be: never announced by an intent (phantom), or
 * refused for certain by the broker (failed read). Found on any log, or handed to any group.
 */
export function noteImpossibleRecords({ ledger, anomalies }: Book): void {
  for (const stream of ledger.streams) {
    const { index, log, partition } = stream.stream;
    const readings = ledger.world
      .family(log)
      .flatMap((one) => ledger.auditsOf(one.id, partition))
      .flatMap((audit) => audit.seen.get(index) ?? []);
    const given = ledger.groups.flatMap((group) => group.delivered.get(index) ?? []);
    const found = unionOf([...readings, ...given]);
    const note = (kind: FindingKind, what: string) => (seqFirst: number, count: number) =>
      anomalies.add(kind, {
        count,
        stream: stream.stream,
        ...whereFound(ledger, index, seqFirst),
        seqFirst,
        detail: () => `${nameOf(ledger.world, index, seqFirst)} ${what}`,
      });
    select(
      { inAll: [found], inNone: [stream.sent] },
      note(
        { class: "phantom", cause: "never sent", violation: true },
        "is there, but no producer announced it",
      ),
    );
    select(
      { inAll: [stream.failed, found], inNone: [stream.aborted] },
      note({ class: "failed-read", violation: true }, "is there, but its send failed for certain"),
    );
    select(
      { inAll: [stream.aborted, found] },
      note(
        { class: "failed-read", cause: "aborted transaction", violation: true },
        "is there to be read, but its transaction was aborted",
      ),
    );
  }
}

function whereFound(ledger: Ledger, stream: number, seq: number) {
  const { log, partition } = ledger.world.stream(stream);
  for (const one of ledger.world.family(log)) {
    const audit = ledger.finalAudit(one.id, partition);
    if (!audit?.seen.get(stream)?.has(seq)) continue;
    return { log: one, partition, offset: offsetOf(audit.table, stream, seq) };
  }
  return { log, partition };
}

/** An offset handed to a group more than once: normal after a crash, so no violation. */
export function noteRedeliveries({ ledger, chronicle, anomalies }: Book): void {
  for (const group of ledger.groups) {
    let kept = 0;
    for (const again of group.redeliveries) {
      kept += again.count;
      const place = ledger.world.place(again.place);
      anomalies.add(
        { class: "redelivery", cause: `group ${group.group.name}`, violation: false },
        {
          count: again.count,
          log: place.log,
          partition: place.partition,
          offset: again.offset,
          atMs: chronicle.ms(again.tUs),
          detail: () =>
            `${again.count} offsets from ${again.offset} of ` +
            `${ledger.world.placeName(place.log, place.partition)} were handed over again`,
        },
      );
    }
    if (group.redelivered <= kept) continue;
    anomalies.add(
      { class: "redelivery", cause: `group ${group.group.name}`, violation: false },
      { count: group.redelivered - kept, detail: () => "counted, but too many to be kept" },
    );
  }
}

/**
 * On the surviving log and never handed to the group. Kept apart: *skipped* (a later record of the
 * stream was handed over, so it never will be) and *not reached* when the run ended.
 */
export function noteUnread({ ledger, chronicle, anomalies }: Book): void {
  for (const group of ledger.groups) {
    const reads = new Set(group.group.readers.flatMap(({ logs }) => logs));
    for (const stream of ledger.streams) {
      const { index, log, partition, application } = stream.stream;
      const survivor = ledger.world.survivingLog(log);
      if (!application || !survivor || !reads.has(survivor.id)) continue;
      const seen = unionOf(
        (ledger.survivorsOf(survivor, partition) ?? []).flatMap((one) => one.seen.get(index) ?? []),
      );
      const delivered = group.delivered.get(index) ?? new BitPlane();
      let last = -1;
      select({ inAll: [delivered] }, (first, count) => {
        last = first + count - 1;
      });
      // Of what failed nothing is owed to anybody; that it is there is told elsewhere.
      const inNone = [delivered, stream.failed];
      select({ inAll: [seen, stream.sent], inNone }, (seqFirst, count) => {
        const skipped = seqFirst < last;
        const row = stream.sends.rowOf(seqFirst);
        const cause = skipped ? "skipped" : "not reached when the run ended";
        anomalies.add(
          { class: "unread", cause: `group ${group.group.name}, ${cause}`, violation: skipped },
          {
            count,
            stream: stream.stream,
            log: survivor,
            partition,
            seqFirst,
            ...(row < 0 ? {} : { atMs: chronicle.ms(stream.sends.dueOf(row, seqFirst)) }),
            detail: () =>
              `on ${ledger.world.placeName(survivor, partition)}, never handed to ` +
              `${group.group.name}; the last of the stream it got is seq ${last}`,
          },
        );
      });
    }
  }
}
