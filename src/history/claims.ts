/**
 * Claims that others published about disaster recovery, in our own words, and the measurements that
 * decide each. Read from `experiments/claims/claims.yaml`; judged against runs.
 */
import type { Expectation } from "./judging.ts";

/** Something that one experiment measures. */
export interface ClaimCondition {
  /** Names of experiments, best first: the first that has a conclusive answer decides. */
  of: string[];
  is: Expectation;
}

export interface Claim {
  id: string;
  /** What is claimed, in a sentence of our own. */
  text: string;
  /** S0 to S3, KIP-n, KAFKA-n, project#n. */
  source: string[];
  /** Rows of the catalogue that are about it. */
  rows: string[];
  /** Why it may not hold. */
  doubt: string;
  /** What is left of it when it is qualified. */
  qualified?: string | undefined;
  /** Absent: nothing that can be run here decides it. */
  decides?: ClaimRule | undefined;
}

/** All conditions of a list must hold. Refuted is asked first, then qualified. */
export interface ClaimRule {
  refutedWhen: ClaimCondition[];
  qualifiedWhen: ClaimCondition[];
  /** When everything was measured and neither holds. */
  otherwise: "confirmed" | "qualified" | "refuted";
}
