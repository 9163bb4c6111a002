/**
 * `link.flap` cuts and mends a link again and again: a route that comes and goes.
 *
 * ```
 *  open ────┐     ┌──────┐   ┌───────┐    ┌── open until the heal
 *  cut      └─────┘      └───┘       └────┘
 *           down   up    down  up    down
 * ```
 * Every period is drawn from the run's seed when the experiment is planned, so plan.json shows them
 * all and the same seed flaps alike. After the last one the link stays open. What a cut looks like
 * is said by `mode`, as in `link.partition`.
 */
import { z } from "zod";
import { delay, monotonicUs, poll } from "../kernel/clock.ts";
import type { Random } from "../kernel/random.ts";
import { durationSchema, percentSchema } from "../kernel/schema-units.ts";
import type { LinkControl } from "../runtime/runtime.ts";
import { defineFault, type FaultContext, LINK_FIDELITY, type LiveTargets } from "./fault.ts";
import {
  linkProblems,
  linksOf,
  linkTargetParams,
  probeAcross,
  proveMended,
} from "./link-target.ts";
import { SHOWS_AS, throwFirst } from "./node-acts.ts";

const share = percentSchema.refine((part) => part < 1, { error: "expected less than 100%" });

const params = z.strictObject({
  ...linkTargetParams,
  mode: z.enum(["refuse", "stall", "blackhole"]).default("blackhole"),
  period: durationSchema.prefault("4s").describe("One cut and the time until the next."),
  down: share
    .refine((part) => part > 0, { error: "expected more than 0%" })
    .prefault("50%")
    .describe("Share of a period that the link is cut."),
  jitter: share
    .prefault("25%")
    .describe("By how much of itself each time may be longer or shorter."),
  times: z.number().int().min(1).max(1000).default(10).describe("How many cuts."),
  schedule: z
    .array(z.strictObject({ down: durationSchema, up: durationSchema }))
    .min(1)
    .optional()
    .describe("The cuts themselves; drawn from the run's seed unless given."),
});
type Params = z.infer<typeof params>;
type Period = NonNullable<Params["schedule"]>[number];

/** A shorter cut could not be told from an open link by a probe of half that time. */
const TIME_LEAST_MS = 500;
const PROBE_MOST_MS = 1500;
const PROBE_EVERY_MS = 25;
const PERIODS_FOR_PROOF = 3;

interface LiveFlap extends LiveTargets {
  flapping: Flapping;
}

export const linkFlap = defineFault<Params, LiveFlap>({
  kind: "link.flap",
  summary: "cuts and mends a link again and again, at times drawn from the seed",
  params,
  needs: ({ mode }) => [`link.${mode}`],
  check(target, topology) {
    const problems: ReturnType<typeof linkProblems> = linkProblems(target, topology);
    const short = (ms: number) => ms < TIME_LEAST_MS;
    target.schedule?.forEach(({ down, up }, at) => {
      const path = ["schedule", at];
      if (short(down) || short(up))
        problems.push({ path, message: "expected at least 500ms each" });
    });
    const shortest = target.period * Math.min(target.down, 1 - target.down) * (1 - target.jitter);
    if (!target.schedule && short(shortest)) {
      const message = `a cut or the time to the next may take ${shortest.toFixed(0)}ms, expected at least 500ms; give a longer \`period\`, another \`down\` or less \`jitter\``;
      problems.push({ path: ["period"], message });
    }
    return problems;
  },
  draw: (target, random) =>
    target.schedule ? target : { ...target, schedule: drawSchedule(target, random) },
  reach: (target) => ({
    fidelity: LINK_FIDELITY[target.mode],
    targets: linksOf(target).map(({ from, to }) => `${from}->${to}`),
    affects: linksOf(target).map(({ from, to }) => `${from}->${to}`),
  }),
  async resolve(target, context) {
    const links = linksOf(target).map(({ from, to }) => context.runtime.link(from, to));
    return { nodes: [], flapping: new Flapping(links, target, context) };
  },
  async inject(_target, context, { flapping }) {
    for (const link of flapping.links) {
      context.heals.defer(`mend ${link.from}->${link.to}`, () => link.mend());
    }
    // Armed last, so that it runs first: nothing is to be cut again behind the mends.
    context.heals.defer("end the flapping", () => flapping.end());
    context.injecting();
    await flapping.cut();
    context.injected();
    flapping.goOn();
  },
  prove: proveFlapping,
  proveHealed: proveMended,
});

/** Each time by itself: longer or shorter by up to `jitter`, to the millisecond. */
export function drawSchedule(target: Params, random: Random): Period[] {
  const drawn = (meanMs: number) =>
    Math.round(meanMs * (1 + target.jitter * (2 * random.unit() - 1)));
  return Array.from({ length: target.times }, () => ({
    down: drawn(target.period * target.down),
    up: drawn(target.period * (1 - target.down)),
  }));
}

/** Cuts and mends by the schedule, until it is over, ended, or the run is aborted. */
class Flapping {
  readonly links: LinkControl[];
  readonly schedule: readonly Period[];
  /** "turning" while the gateways are told. */
  state: "open" | "turning" | "cut" = "open";
  /** Counts every turn, so that a probe knows whether the link was one and the same meanwhile. */
  turns = 0;
  readonly #target: Params;
  readonly #note: (text: string) => void;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  #loop: Promise<void> = Promise.resolve();

  constructor(links: LinkControl[], target: Params, context: FaultContext) {
    this.links = links;
    this.schedule = target.schedule ?? [];
    this.#target = target;
    this.#note = (text) => context.note(text);
    this.#signal = AbortSignal.any([context.signal, this.#stop.signal]);
  }

  cut(): Promise<void> {
    return this.#turn("cut", (link) => link.cut(this.#target.mode));
  }

  /** From the first cut on. Due times are added up, so that slow turns do not add up. */
  goOn(): void {
    const startUs = monotonicUs();
    this.#loop = this.#run(startUs);
    // Whoever ends it is told; until then nobody waits for it.
    this.#loop.catch(() => {});
  }

  async #run(startUs: number): Promise<void> {
    let dueMs = 0;
    for (const [at, { down, up }] of this.schedule.entries()) {
      if (at > 0) await this.cut();
      dueMs += down;
      if (!(await this.#until(startUs, dueMs))) return;
      await this.#turn("open", (link) => link.mend());
      dueMs += up;
      if (!(await this.#until(startUs, dueMs))) return;
    }
  }

  async #until(startUs: number, dueMs: number): Promise<boolean> {
    await delay(Math.max(0, dueMs - (monotonicUs() - startUs) / 1000), this.#signal);
    return !this.#signal.aborted;
  }

  async #turn(to: "open" | "cut", act: (link: LinkControl) => Promise<void>): Promise<void> {
    this.state = "turning";
    this.turns += 1;
    throwFirst(await Promise.allSettled(this.links.map(act)));
    this.state = to;
    this.#note(to === "cut" ? "the link was cut" : "the link was mended");
  }

  /** Ends it wherever it is; throws when a turn had failed. The link may be left cut. */
  async end(): Promise<void> {
    this.#stop.abort();
    await this.#loop;
  }
}

/** One cut and one mended link, each met by a probe that began and ended while it was so. */
async function proveFlapping(
  target: Params,
  context: FaultContext,
  { flapping }: LiveFlap,
): Promise<string> {
  const { schedule } = flapping;
  const times = schedule.slice(0, PERIODS_FOR_PROOF).flatMap(({ down, up }) => [down, up]);
  const timeoutMs = Math.min(PROBE_MOST_MS, Math.min(...times) / 2);
  const seen: { cut?: string; open?: string } = {};
  const look = async () => {
    const { state, turns } = flapping;
    if (state === "turning" || seen[state] !== undefined) return undefined;
    const met = await probeAcross(target, context, timeoutMs);
    if (flapping.turns !== turns) return undefined;
    const expected = state === "cut" ? SHOWS_AS[target.mode] : ["answered"];
    if (met.some(({ outcome }) => !expected.includes(outcome))) return undefined;
    seen[state] = met[0]?.outcome ?? "";
    return (seen.cut !== undefined && seen.open !== undefined) || undefined;
  };
  const withinMs = times.reduce((sum, ms) => sum + ms, 0);
  await poll(look, { everyMs: PROBE_EVERY_MS, withinMs, signal: context.signal });
  if (seen.cut === undefined) throw new Error("no probe met the link cut");
  if (seen.open === undefined) throw new Error("no probe met the link mended between two cuts");
  const count = `${schedule.length} ${schedule.length === 1 ? "cut" : "cuts"}`;
  return `of ${count}, one was met by a probe with "${seen.cut}", and the mended link with "${seen.open}"`;
}
