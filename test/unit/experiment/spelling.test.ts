import { expect } from "chai";
import fc from "fast-check";
import { distance, nearest, suggestion } from "../../../src/experiment/spelling.ts";

describe(distance.name, () => {
  it("counts inserted, deleted, replaced and swapped letters", () => {
    expect(distance("orders", "orders")).to.equal(0);
    expect(distance("oders", "orders")).to.equal(1);
    expect(distance("orderss", "orders")).to.equal(1);
    expect(distance("orderz", "orders")).to.equal(1);
    expect(distance("esat", "east")).to.equal(1);
    expect(distance("", "east")).to.equal(4);
  });

  it("is symmetric, and zero for equal texts only", () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 8 }), fc.string({ maxLength: 8 }), (a, b) => {
        expect(distance(a, b)).to.equal(distance(b, a));
        expect(distance(a, b) === 0).to.equal(a === b);
      }),
    );
  });
});

describe(nearest.name, () => {
  it("finds the name that was meant, and none for what is too far", () => {
    expect(nearest("regoin", ["region", "mode"])).to.equal("region");
    expect(nearest("East", ["west", "east"])).to.equal("east");
    expect(nearest("meteor", ["region.shutdown"])).to.equal(undefined);
    expect(nearest("b", ["a"])).to.equal(undefined);
    expect(nearest("x".repeat(100_000), ["x"])).to.equal(undefined);
  });
});

describe(suggestion.name, () => {
  it("lists what there is when nothing is near", () => {
    expect(suggestion("mars", ["east", "west"], "regions")).to.equal(
      "; the regions are east, west",
    );
    expect(suggestion("mars", [], "regions")).to.equal("; there are no regions");
  });
});
