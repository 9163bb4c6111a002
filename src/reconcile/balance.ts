/**
 * Accounts that must tie out. Each side is counted by its own means (rows on one side, planes on the
 * other), so an account that does not tie is a fault of the evidence or of the judge, and the run is
 * inconclusive whatever the numbers say.
 */
import { type BitPlane, select, unionOf } from "./bit-plane.ts";
import { finalAudits } from "./content.ts";
import type { AuditedPlace, GroupLedger, Ledger, StreamLedger } from "./ledger.ts";
import { type Fate, isUnconfirmed } from "./loss.ts";
import type { Balance } from "./result.ts";

type Part = { id: string; label: string; count: number; note?: string };

function account(title: string, total: Part, parts: readonly Part[]): Balance {
  const sum = parts.reduce((all, part) => all + part.count, 0);
  const rows = [...parts.map((part) => ({ ...part, sign: 1 })), { ...total, sign: 0 }];
  const difference = total.count - sum;
  return { title, rows, ties: difference === 0, difference };
}

export function balancesOf(ledger: Ledger, fates: readonly Fate[]): Balance[] {
  const application = ledger.streams.filter(({ stream }) => stream.application);
  const balances = [sendsAccount(application)];
  if (fates.length > 0 && fates.every((fate) => fate.known && fate.splitKnown)) {
    balances.push(ackedAccount(fates));
  }
  const silent = fates.filter(isUnconfirmed);
  if (silent.length > 0 && silent.every((fate) => fate.known)) {
    balances.push(silentAccount(silent));
  }
  for (const log of ledger.world.judging.logs) {
    const audits = finalAudits(ledger).filter(({ place }) => place.log.id === log.id);
    if (audits.length > 0 && log.role !== "control") balances.push(logAccount(ledger, audits));
  }
  for (const group of ledger.groups) {
    if (group.records > 0) balances.push(deliveryAccount(group, ledger));
  }
  return balances;
}

function sumOf<T>(items: readonly T[], pick: (item: T) => number): number {
  return items.reduce((sum, item) => sum + pick(item), 0);
}

/** Left: records in intent rows. Right: answers, and the sends that are in no answer. */
function sendsAccount(streams: readonly StreamLedger[]): Balance {
  const unanswered = (stream: StreamLedger) =>
    select({
      inAll: [stream.sent],
      inNone: [stream.acked, stream.failed, stream.indeterminate],
    });
  return account(
    "What became of every send of the application",
    { id: "sent", label: "records sent", count: sumOf(streams, (one) => one.intents) },
    [
      { id: "acked", label: "acknowledged", count: sumOf(streams, (one) => one.acked.size) },
      { id: "failed", label: "failed for certain", count: sumOf(streams, (s) => s.failed.size) },
      {
        id: "indeterminate",
        label: "indeterminate",
        count: sumOf(streams, (one) => one.indeterminate.size),
        note: "timeout or disconnect: may or may not have been appended",
      },
      {
        id: "unanswered",
        label: "without an answer",
        count: sumOf(streams, unanswered),
        note: "the client died or stopped while they were in flight",
      },
    ],
  );
}

/** Left: acks. Right: what the logs hold of them, by where they lie. */
function ackedAccount(fates: readonly Fate[]): Balance {
  const seen = ({ surviving, stream }: Fate) =>
    unionOf(surviving.flatMap((audit) => audit.seen.get(stream.stream.index) ?? []));
  // What a heal took from the survivors is overwritten, and counted there.
  const intact = (fate: Fate) =>
    select({ inAll: [fate.stream.acked, seen(fate)] }) - fate.takenByHeal;
  const hurt = (fate: Fate) =>
    select({ inAll: [fate.stream.acked, fate.damaged], inNone: [seen(fate)] });
  return account(
    "Where every acknowledged record is",
    { id: "acked", label: "acknowledged", count: sumOf(fates, (fate) => fate.stream.acked.size) },
    [
      { id: "surviving", label: "on the surviving log", count: sumOf(fates, intact) },
      { id: "damaged", label: "there, but damaged", count: sumOf(fates, hurt) },
      { id: "stranded", label: "stranded on a failed log", count: sumOf(fates, (f) => f.stranded) },
      { id: "overwritten", label: "overwritten", count: sumOf(fates, (fate) => fate.overwritten) },
      { id: "lost", label: "lost", count: sumOf(fates, (fate) => fate.lost) },
    ],
  );
}

/** Left: what was sent with acks=0. Right: what the surviving log holds of it. */
function silentAccount(fates: readonly Fate[]): Balance {
  const gone = ({ unknown, unknownSurvived }: Fate) => unknown - unknownSurvived;
  return account(
    "Where every record sent with acks=0 is",
    { id: "sent", label: "sent", count: sumOf(fates, (fate) => fate.stream.intents) },
    [
      {
        id: "surviving",
        label: "on the surviving log",
        count: sumOf(fates, (fate) => fate.unknownSurvived),
      },
      {
        id: "unconfirmed",
        label: "on no surviving log",
        count: sumOf(fates, gone),
        note: "no ack was asked for, so nobody was told",
      },
      {
        id: "failed",
        label: "failed for certain",
        count: sumOf(fates, (fate) => fate.stream.failed.size),
      },
    ],
  );
}

/** Left: records the audit met. Right: what they are, by what producers said of them. */
function logAccount(ledger: Ledger, audits: readonly AuditedPlace[]): Balance {
  const { log } = (audits[0] as AuditedPlace).place;
  const bySeen = (pick: (stream: StreamLedger, seen: BitPlane) => number) =>
    sumOf(audits, (audit) =>
      sumOf([...audit.seen], ([index, seen]) => pick(ledger.stream(index), seen)),
    );
  const application = (count: (stream: StreamLedger, seen: BitPlane) => number) =>
    bySeen((stream, seen) => (stream.stream.application ? count(stream, seen) : 0));
  return account(
    `What lies on ${log.topic} of ${log.cluster}`,
    {
      id: "records",
      label: "records met by the audit",
      count: sumOf(audits, (audit) => audit.records + audit.badRecords),
    },
    [
      {
        id: "acked",
        label: "acknowledged records of the application",
        count: application((s, seen) => select({ inAll: [seen, s.acked] })),
      },
      {
        id: "unknown",
        label: "application records of unknown outcome",
        count: application((s, seen) =>
          select({ inAll: [seen, s.sent], inNone: [s.acked, s.failed] }),
        ),
      },
      {
        id: "failed",
        label: "application records that had failed",
        count: application((s, seen) => select({ inAll: [seen, s.failed], inNone: [s.acked] })),
      },
      {
        id: "probes",
        label: "records of probes (canary, readiness)",
        count: bySeen((s, seen) =>
          s.stream.application ? 0 : select({ inAll: [seen, unionOf([s.sent, s.acked])] }),
        ),
      },
      {
        id: "duplicates",
        label: "further copies",
        count: sumOf(audits, (a) => a.duplicateAppends),
      },
      {
        id: "phantoms",
        label: "records nobody sent",
        count:
          bySeen((s, seen) => select({ inAll: [seen], inNone: [s.sent, s.acked] })) +
          sumOf(audits, (audit) => audit.strays),
      },
      { id: "bad", label: "damaged or foreign", count: sumOf(audits, (a) => a.badRecords) },
    ],
  );
}

/** Beside a group's replayed records, a 0 here would read as a contradiction. */
const MOVED =
  "of one log; what a group that moved was handed again is on another cluster's offsets, and told " +
  "as replayed";

/** Left: records in deliveries. Right: distinct offsets, and what came on top. */
function deliveryAccount(group: GroupLedger, { world }: Ledger): Balance {
  const logs = [...group.offsets.keys()].map((place) => world.places[place]?.log);
  const clusters = new Set(logs.map((log) => log?.cluster));
  return account(
    `What group ${group.group.name} was handed`,
    { id: "delivered", label: "records handed over", count: group.records },
    [
      {
        id: "once",
        label: "distinct offsets",
        count: sumOf([...group.offsets.values()], (plane) => plane.size),
      },
      {
        id: "redelivered",
        label: "offsets handed over again",
        count: group.redelivered,
        ...(clusters.size > 1 ? { note: MOVED } : {}),
      },
      {
        id: "reused",
        label: "offsets handed over with another record than before",
        count: group.reused,
      },
    ],
  );
}
