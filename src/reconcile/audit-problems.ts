/**
 * What is wrong with the readings of a log. Asked per log, and apart for what survived and for the log
 * after every heal: a failed region that could not be read spoils the split of the loss, and not the
 * loss.
 */
import type { LogRef } from "../history/judging.ts";
import type { Chronicle } from "./chronicle.ts";
import { finalAudits } from "./content.ts";
import type { AuditedPlace, Ledger } from "./ledger.ts";

/**
 * What is wrong with the reading of a log; undefined when every partition was read from its start to
 * the end that a second client confirmed.
 */
export function auditProblem(
  ledger: Ledger,
  chronicle: Chronicle,
  logId: number,
): string | undefined {
  const log = ledger.world.log(logId);
  if (!log) return `the plan has no log ${logId}`;
  const disagreement = chronicle.of("audit.disagreement").find((event) => event.log === logId);
  for (let partition = 0; partition < log.partitions; partition += 1) {
    const where = ledger.world.placeName(log, partition);
    const audit = ledger.finalAudit(logId, partition);
    if (!audit) return `${where} was never audited`;
    if (!audit.complete) return `the audit of ${where} did not reach the log's end`;
    const other = boundsOf(chronicle, audit);
    if (other !== undefined && other !== audit.end) {
      return `the audit of ${where} ended at ${audit.end}, a second client saw the end at ${other}`;
    }
  }
  if (!disagreement) return undefined;
  const where = ledger.world.placeName(log, disagreement.partition);
  return `two clients disagree about ${where}: ${disagreement.detail}`;
}

/**
 * What is wrong with the reading of what survives of a log. Of a wounded cluster that is what its
 * living part held before the heal; of a cluster that is gone as a whole there is nothing to read.
 */
export function survivorsProblem(
  ledger: Ledger,
  chronicle: Chronicle,
  log: LogRef,
): string | undefined {
  const { world } = ledger;
  if (world.isFailed(log.cluster)) return undefined;
  if (!world.isWounded(log.cluster)) return auditProblem(ledger, chronicle, log.id);
  for (let partition = 0; partition < log.partitions; partition += 1) {
    const where = world.placeName(log, partition);
    const read = ledger.survivorsOf(log, partition);
    if (!read) return `what survivors held of ${where} before the heal was not read`;
    if (read.some(({ complete }) => !complete)) {
      return `what survivors held of ${where} before the heal was not read to its end`;
    }
  }
  const disagreement = chronicle.of("audit.disagreement").find((event) => event.log === log.id);
  return disagreement && `two clients disagree about ${log.topic}: ${disagreement.detail}`;
}

/** The end of a partition as the bounds taken for its last reading say; they precede its end. */
function boundsOf(chronicle: Chronicle, audit: AuditedPlace): number | undefined {
  const { log, partition } = audit.place;
  const taken = chronicle
    .of("audit.bounds")
    .filter((event) => event.log === log.id && event.tUs <= audit.endedUs);
  const last = taken.findLast((event) => event.pass === taken.at(-1)?.pass);
  return last?.bounds.find((bound) => bound.partition === partition)?.end;
}

/** Logs of which at least one partition was read. */
export function auditedLogs(ledger: Ledger): number[] {
  const ids = finalAudits(ledger).map(({ place }) => place.log.id);
  return [...new Set(ids)].sort((a, b) => a - b);
}
