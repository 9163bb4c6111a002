import { expect } from "chai";
import {
  formatBytes,
  formatCount,
  formatDurationMs,
  formatWritten,
  parseDurationMs,
  parsePercent,
  parseRatePerSecond,
  parseSizeBytes,
} from "../../../src/kernel/units.ts";

describe("units of the experiment file", () => {
  it("reads durations, alone and together", () => {
    const cases = { "250ms": 250, "5s": 5000, "1.5s": 1500, "1m30s": 90_000, "1h": 3_600_000 };
    for (const [text, ms] of Object.entries(cases)) expect(parseDurationMs(text)).to.equal(ms);
    expect(parseDurationMs("0s")).to.equal(0);
  });

  it("takes no bare number and nothing unknown for a duration", () => {
    for (const text of ["", "5", "5 s", "-5s", "s", "5d", "5sec", "1m 30s", "5s!", ".5s"]) {
      expect(parseDurationMs(text), text).to.equal(undefined);
    }
  });

  it("reads rates, sizes and percents", () => {
    expect(parseRatePerSecond("2000/s")).to.equal(2000);
    expect(parseRatePerSecond("30/m")).to.equal(0.5);
    expect(parseSizeBytes("512B")).to.equal(512);
    expect(parseSizeBytes("1kB")).to.equal(1000);
    expect(parseSizeBytes("2MB")).to.equal(2_000_000);
    expect(parseSizeBytes("1KiB")).to.equal(1024);
    expect(parseSizeBytes("1.5MiB")).to.equal(1_572_864);
    expect(parseSizeBytes("1GiB")).to.equal(1_073_741_824);
    expect(parsePercent("95%")).to.equal(0.95);
    expect(parsePercent("99.9%")).to.be.closeTo(0.999, 1e-12);
  });

  it("gives nothing for what is not one", () => {
    for (const text of ["2000", "2000/h", "/s"]) {
      expect(parseRatePerSecond(text)).to.equal(undefined);
    }
    for (const text of ["512", "512b", "1GB2"]) expect(parseSizeBytes(text)).to.equal(undefined);
    for (const text of ["95", "%", "-1%"]) expect(parsePercent(text)).to.equal(undefined);
  });
});

describe("numbers for people", () => {
  it("writes durations", () => {
    expect(formatDurationMs(0)).to.equal("0 ms");
    expect(formatDurationMs(340)).to.equal("340 ms");
    expect(formatDurationMs(0.26)).to.equal("0.3 ms");
    expect(formatDurationMs(7420)).to.equal("7.42 s");
    expect(formatDurationMs(125_000)).to.equal("2 m 05 s");
  });

  it("writes bytes and counts", () => {
    expect(formatBytes(512)).to.equal("512 B");
    expect(formatBytes(1536)).to.equal("1.5 KiB");
    expect(formatBytes(1_572_864)).to.equal("1.5 MiB");
    expect(formatBytes(1_610_612_736)).to.equal("1.50 GiB");
    expect(formatCount(999)).to.equal("999");
    expect(formatCount(1_234_567)).to.equal("1,234,567");
    expect(formatCount(-1234)).to.equal("-1,234");
    expect(formatCount(1234.5678)).to.equal("1,234.5678");
  });

  it("groups the counts of a bound as a file writes it, and leaves durations alone", () => {
    expect(formatWritten("1..54000")).to.equal("1..54,000");
    expect(formatWritten("3000..14000")).to.equal("3,000..14,000");
    expect(formatWritten(">=15000")).to.equal("≥ 15,000");
    expect(formatWritten("<= 30s")).to.equal("≤ 30s");
    for (const same of ["0", "600", "2s..12s", "15000ms", "5,000 records", "1.23456", "tail"]) {
      expect(formatWritten(same)).to.equal(same);
    }
  });
});
