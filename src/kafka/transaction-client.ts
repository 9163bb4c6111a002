/**
 * One kafkajs producer with transactions. There is always one open towards the caller: kafkajs tells
 * the broker of it with the first record, and `end` opens the next.
 *
 * The coordinator refuses to add a partition while it still writes the markers of the transaction
 * before (CONCURRENT_TRANSACTIONS), and kafkajs does not try again. Nothing was sent then, so trying
 * again is no second send.
 */
import type { Transaction } from "kafkajs";
import { delay } from "../kernel/clock.ts";
import { brokerCode } from "./errors.ts";
import {
  KafkajsSendClient,
  type OutgoingRecord,
  type SendAnswer,
  type SendClientOptions,
  type Sending,
} from "./send-client.ts";

const CONCURRENT_TRANSACTIONS = 51;
const AGAIN_MS = 20;
const AGAIN_MAX = 250;

export class KafkajsTransactionClient extends KafkajsSendClient {
  #open: Transaction | undefined;

  constructor(options: SendClientOptions & { transactionalId: string }) {
    const { transactionalId, ...others } = options;
    super({ ...others, settings: { maxInFlightRequests: 1, ...others.settings, transactionalId } });
  }

  /** Ends what a producer of the same transactional id has left open, and fences it. */
  override async connect(): Promise<void> {
    await super.connect();
    this.#open = await this.producer.transaction();
    this.moved();
  }

  override async send(
    sending: Sending,
    partition: number,
    records: OutgoingRecord[],
  ): Promise<SendAnswer[]> {
    for (let times = 1; ; times += 1) {
      try {
        return await super.send(sending, partition, records);
      } catch (error) {
        const concurrent = brokerCode(error) === CONCURRENT_TRANSACTIONS;
        if (!concurrent || times >= AGAIN_MAX || sending.cancelled) throw error;
        await delay(AGAIN_MS);
      }
    }
  }

  protected override get sender(): Pick<Transaction, "send"> {
    if (this.#open === undefined) throw new Error("no transaction is open");
    return this.#open;
  }

  async end(commit: boolean): Promise<void> {
    const open = this.#open;
    if (open === undefined) throw new Error("no transaction is open");
    this.moved();
    try {
      if (commit) await open.commit();
      else await open.abort();
    } finally {
      this.moved();
    }
    this.#open = await this.producer.transaction();
  }
}
