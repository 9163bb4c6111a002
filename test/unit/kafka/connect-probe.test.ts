/** Goal: what a connect failed by is named, because a drill proves its faults with it. */
import { expect } from "chai";
import { formatEndpoint, parseEndpoint } from "../../../src/kafka/broker-connection.ts";
import { silenceMaxMs, splitSettings } from "../../../src/kafka/client.ts";
import { outcomeOf } from "../../../src/kafka/connect-probe.ts";

describe(outcomeOf.name, () => {
  it("tells refused, timeout and reset apart", () => {
    expect(outcomeOf({ code: "ECONNREFUSED" }, false)).to.equal("refused");
    expect(outcomeOf({ code: "EHOSTUNREACH" }, false)).to.equal("timeout");
    expect(outcomeOf({ code: "ETIMEDOUT" }, true)).to.equal("reset");
    expect(outcomeOf({ code: "ECONNRESET" }, true)).to.equal("reset");
    expect(outcomeOf({}, true)).to.equal("reset");
  });
});

describe(splitSettings.name, () => {
  it("gives the client what is the client's, and the role the rest", () => {
    const settings = { requestTimeout: 5000, retry: { retries: 2 }, maxInFlightRequests: 1 };
    expect(splitSettings(settings)).to.deep.equal({
      client: { requestTimeout: 5000, retry: { retries: 2 } },
      role: { maxInFlightRequests: 1 },
    });
  });

  it("bounds how long a live client may be silent", () => {
    expect(silenceMaxMs({})).to.equal(30_000 + 36_000);
    const settings = { requestTimeout: 1000, retry: { maxRetryTime: 100, factor: 0.5 } };
    expect(silenceMaxMs(settings)).to.equal(1150);
  });
});

describe(parseEndpoint.name, () => {
  it("splits at the last colon and joins again", () => {
    for (const address of ["b1:19101", "127.0.0.1:9092"]) {
      expect(formatEndpoint(parseEndpoint(address))).to.equal(address);
    }
  });
});
