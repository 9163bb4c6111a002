/**
 * The transactions of one producer, one after another: what is sent becomes part of the open one, and
 * its outcome is that of the transaction.
 *
 * ```
 *  first send ──▶ open: sends are answered and held ──▶ closing: nothing new ──▶ EndTxn ──▶ outcomes
 *                     └── commitEvery, or a send that went wrong ──┘  last answer came
 * ```
 * Naive rule: a record is acked when its send was. Counter-example: the transaction is aborted, and no
 * reader of committed records ever sees it. So only a confirmed commit makes `acked`. A confirmed
 * abort makes `aborted`, but not of a send that nobody answered: it may still be on its way. An
 * EndTxn without an answer leaves everything in the transaction indeterminate.
 *
 * Which transactions are aborted is no matter of chance: of a share of 20% every fifth.
 */
import { OUTCOME } from "../history/journal-format.ts";
import type { SendClient } from "../kafka/send-client.ts";
import { messageOf } from "../kernel/errors.ts";
import type { Batch } from "./lanes.ts";

export interface TransactionSpec {
  /** Kafka's transactional.id: of a producer and all who take over from it on one cluster. */
  id: string;
  commitEveryMs: number;
  /** Of all transactions. */
  abortedShare: number;
}

interface Held {
  batch: Batch;
  code: number;
  offset: number;
}

export interface TransactionHooks {
  settle(batch: Batch, code: number, offset: number): void;
  /** The client must not be used for another transaction. */
  renew(client: SendClient, reason: string): void;
  tell(what: string, detail: string): void;
}

export class Transactions {
  readonly #spec: TransactionSpec;
  readonly #hooks: TransactionHooks;
  #held: Held[] = [];
  #sinceUs: number | undefined;
  #closing = false;
  #ending = false;
  /** Why it cannot be committed. */
  #doomed: string | undefined;
  #number = 0;

  /** Of a producer that has some. */
  static of(spec: TransactionSpec | undefined, hooks: TransactionHooks): Transactions | undefined {
    return spec === undefined ? undefined : new Transactions(spec, hooks);
  }

  constructor(spec: TransactionSpec, hooks: TransactionHooks) {
    this.#spec = spec;
    this.#hooks = hooks;
  }

  /** Whether the open transaction, or the next one, takes records now. */
  get takes(): boolean {
    return !this.#closing;
  }

  /** An EndTxn is under way. */
  get ending(): boolean {
    return this.#ending;
  }

  /** Records that wait for their transaction to end. */
  get waiting(): number {
    return this.#held.reduce((sum, { batch }) => sum + batch.count, 0);
  }

  /** Due time of the oldest of them; Infinity without any. */
  get oldestDueUs(): number {
    return this.#held.reduce(
      (least, { batch }) => Math.min(least, batch.dueFirstUs),
      Number.POSITIVE_INFINITY,
    );
  }

  sent(nowUs: number): void {
    this.#sinceUs ??= nowUs;
  }

  /** The send of a batch was answered; `trouble` when it did not end well. */
  answered(batch: Batch, code: number, offset: number, trouble?: string): void {
    this.#held.push({ batch, code, offset });
    if (trouble === undefined) return;
    this.#doomed ??= trouble;
    this.#closing = true;
  }

  /** Closes the transaction when it is time (or `now`), and ends it when nothing is in flight. */
  turn(nowUs: number, o: { inFlight: number; client: SendClient | undefined; now: boolean }): void {
    if (this.#sinceUs === undefined || this.#ending) return;
    if (o.now || nowUs - this.#sinceUs >= this.#spec.commitEveryMs * 1000) this.#closing = true;
    if (!this.#closing || o.inFlight > 0 || o.client === undefined) return;
    this.#ending = true;
    void this.#end(o.client);
  }

  async #end(client: SendClient): Promise<void> {
    const number = this.#number;
    const doomed = this.#doomed;
    const commit = doomed === undefined && !this.#isAborted(number);
    let known = false;
    let trouble = doomed;
    try {
      if (client.end === undefined) throw new Error("this client has no transactions");
      await client.end(commit);
      known = true;
    } catch (error) {
      trouble ??= messageOf(error);
      this.#hooks.tell(commit ? "commit-unclear" : "abort-unclear", messageOf(error));
    }
    // It was given up meanwhile, and all that was in it.
    if (number !== this.#number) return;
    const held = this.#next();
    for (const one of held)
      this.#hooks.settle(one.batch, outcomeOf(one, commit, known), one.offset);
    if (trouble !== undefined) this.#hooks.renew(client, trouble);
  }

  /** Gives everything up; what was held is no longer known. Gives those batches. */
  abandon(): Batch[] {
    return this.#next().map(({ batch }) => batch);
  }

  #next(): Held[] {
    const held = this.#held;
    this.#held = [];
    this.#sinceUs = undefined;
    this.#closing = false;
    this.#ending = false;
    this.#doomed = undefined;
    this.#number += 1;
    return held;
  }

  #isAborted(number: number): boolean {
    const { abortedShare } = this.#spec;
    return Math.floor((number + 1) * abortedShare) > Math.floor(number * abortedShare);
  }
}

function outcomeOf({ code }: Held, commit: boolean, known: boolean): number {
  if (code !== OUTCOME.acked) return code;
  if (!known) return OUTCOME.indeterminate;
  return commit ? OUTCOME.acked : OUTCOME.aborted;
}
