import { expect } from "chai";
import { absentBounds } from "../../../src/kafka/cluster-requests.ts";

describe(absentBounds.name, () => {
  it("takes partitions that are not there for empty ones, and no others", () => {
    expect(absentBounds({ topic: "orders", partitions: 4 }, [0, 2])).to.deep.equal([
      { partition: 1, start: 0, end: 0 },
      { partition: 3, start: 0, end: 0 },
    ]);
    expect(absentBounds({ topic: "orders", partitions: 2 }, [0, 1])).to.deep.equal([]);
  });
});
