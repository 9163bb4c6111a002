/** Goal: a send is called failed only when it certainly was not appended. */
import { expect } from "chai";
import kafkajs from "kafkajs";
import { classifyCode, classifyRejection, REFUSALS } from "../../../src/kafka/errors.ts";
import { ackedOffset } from "../../../src/kafka/send-client.ts";

const { KafkaJSError, KafkaJSNonRetriableError, KafkaJSNumberOfRetriesExceeded } = kafkajs;
const { KafkaJSProtocolError, KafkaJSRequestTimeoutError, KafkaJSConnectionError } = kafkajs;

const refused = (code: number, type: string) =>
  new KafkaJSProtocolError(Object.assign(new Error(type), { code, type, retriable: false }));

describe(classifyRejection.name, () => {
  it("calls a broker's refusal of the only attempt failed", () => {
    for (const [code, type] of REFUSALS) {
      expect(classifyRejection(refused(code, type), 1).outcome, type).to.equal("failed");
    }
  });

  it("finds the refusal under kafkajs' wrappers", () => {
    const cause = refused(29, "TOPIC_AUTHORIZATION_FAILED");
    const wrapped = Object.assign(new KafkaJSNonRetriableError(cause), { cause });
    expect(classifyRejection(wrapped, 1).outcome).to.equal("failed");
  });

  it("does not trust a refusal after an attempt whose answer is unknown", () => {
    const error = refused(10, "MESSAGE_TOO_LARGE");
    expect(classifyRejection(error, 2).outcome).to.equal("indeterminate");
  });

  it("knows nothing of timeouts, closed connections, spent retries and strangers", () => {
    const timeout = new KafkaJSRequestTimeoutError("timed out", {
      broker: "b",
      clientId: "c",
      correlationId: 1,
      createdAt: 0,
      sentAt: 0,
      pendingDuration: 0,
    });
    const options = { retryCount: 5, retryTime: 1 };
    const unclear = [
      timeout,
      new KafkaJSConnectionError("closed", { broker: "b" }),
      new KafkaJSNumberOfRetriesExceeded(timeout, options),
      new KafkaJSError("The producer is disconnected"),
      refused(6, "NOT_LEADER_FOR_PARTITION"),
      refused(19, "NOT_ENOUGH_REPLICAS"),
      refused(20, "NOT_ENOUGH_REPLICAS_AFTER_APPEND"),
      refused(7, "REQUEST_TIMED_OUT"),
      new TypeError("a bug"),
      "a string",
      undefined,
    ];
    for (const error of unclear) {
      for (const attempts of [0, 1, 2]) {
        expect(classifyRejection(error, attempts).outcome).to.equal("indeterminate");
      }
    }
  });

  it("knows which errors an idempotent producer does not survive (kafkajs#598)", () => {
    expect(classifyRejection(refused(45, "OUT_OF_ORDER_SEQUENCE_NUMBER"), 1)).to.include({
      outcome: "indeterminate",
      producerDead: true,
    });
    expect(classifyCode(59).producerDead).to.equal(true);
    expect(classifyCode(6).producerDead).to.equal(false);
  });
});

describe(ackedOffset.name, () => {
  const row = { topicName: "t", partition: 3, errorCode: 0, baseOffset: "12" };

  it("is the base offset of exactly this partition", () => {
    expect(ackedOffset([row], "t", 3)).to.equal(12);
    expect(ackedOffset([{ ...row, baseOffset: "0" }], "t", 3)).to.equal(0);
  });

  it("is nothing when the answer leaves the partition out, or doubts it (kafkajs#1303)", () => {
    const { baseOffset: _, ...noOffset } = row;
    const doubtful = [
      [],
      [{ ...row, partition: 4 }],
      [{ ...row, topicName: "u" }],
      [row, { ...row, partition: 4 }],
      [{ ...row, errorCode: 6 }],
      [{ ...row, baseOffset: "-1" }],
      [noOffset],
    ];
    for (const answer of doubtful) expect(ackedOffset(answer, "t", 3)).to.equal(undefined);
  });
});
