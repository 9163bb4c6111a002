/**
 * Runs our mocha tests for Stryker: once to see which test reaches which mutant, then once for each
 * mutant with the tests that reach it, up to the first that fails.
 *
 * Stryker's own runner for mocha loads modules by paths that mocha 12 no longer has (ADR 0020), so
 * this is ours. Test files are loaded once for each process: modules cannot be loaded again, so a
 * mutant in code that runs at load time is never switched on. Such mutants are left out
 * (`ignoreStatic`) and counted as ignored.
 */
import { globSync } from "node:fs";
import path from "node:path";
import type { StrykerOptions } from "@stryker-mutator/api/core";
import { commonTokens, declareClassPlugin, PluginKind, tokens } from "@stryker-mutator/api/plugin";
import {
  type CompleteDryRunResult,
  type DryRunOptions,
  type DryRunResult,
  DryRunStatus,
  determineHitLimitReached,
  type MutantRunOptions,
  type MutantRunResult,
  type TestResult,
  type TestRunner,
  TestStatus,
  toMutantRunResult,
} from "@stryker-mutator/api/test-runner";
import Mocha from "mocha";

/** The instrumented code's switchboard; Stryker keeps it under this name on the global object. */
interface Switchboard {
  activeMutant?: string | undefined;
  currentTestId?: string | undefined;
  mutantCoverage?: CompleteDryRunResult["mutantCoverage"];
  hitCount?: number | undefined;
  hitLimit?: number | undefined;
}

interface TestSelection {
  /** Files in the order in which they run: quick ones, then those that judge whole runs. */
  near: string[];
  whole: string[];
  /** Tests whose title holds one of these are left out: slow ones that repeat what others do. */
  skip: string[];
}

export class MochaRunner implements TestRunner {
  static inject = tokens(commonTokens.options);
  readonly #selection: TestSelection;
  readonly #board: Switchboard;
  readonly #mocha = new Mocha({ timeout: 0, reporter: SilentReporter }).cleanReferencesAfterRun(
    false,
  );
  #countReach = false;

  constructor(options: StrykerOptions) {
    this.#selection = options["mochaTests"] as TestSelection;
    const world = globalThis as { __stryker__?: Switchboard };
    world.__stryker__ ??= {};
    this.#board = world.__stryker__;
  }

  capabilities() {
    return { reloadEnvironment: false };
  }

  async init(): Promise<void> {
    const board = this.#board;
    for (const pattern of [...this.#selection.near, ...this.#selection.whole]) {
      const found = globSync(pattern).sort();
      if (found.length === 0) throw new Error(`no test file is called ${pattern}`);
      for (const file of found) this.#mocha.addFile(path.resolve(file));
    }
    const countReach = () => this.#countReach;
    this.#mocha.suite.beforeEach(function () {
      if (countReach()) board.currentTestId = this.currentTest?.fullTitle();
    });
    await this.#mocha.loadFilesAsync();
    const names = new Set<string>();
    for (const test of testsOf(this.#mocha.suite)) {
      const name = test.fullTitle();
      if (names.has(name)) throw new Error(`two tests are called "${name}"`);
      names.add(name);
    }
  }

  async dryRun({ coverageAnalysis, disableBail }: DryRunOptions): Promise<DryRunResult> {
    this.#countReach = coverageAnalysis === "perTest";
    this.#select(undefined);
    const result = await this.#run(disableBail);
    this.#countReach = false;
    const { mutantCoverage } = this.#board;
    if (result.status !== DryRunStatus.Complete || !mutantCoverage) return result;
    return { ...result, mutantCoverage: withoutLoading(mutantCoverage) };
  }

  async mutantRun(options: MutantRunOptions): Promise<MutantRunResult> {
    const { activeMutant, testFilter, disableBail, hitLimit } = options;
    this.#board.hitLimit = hitLimit;
    this.#board.hitCount = hitLimit === undefined ? undefined : 0;
    this.#select(testFilter);
    this.#board.activeMutant = activeMutant.id;
    try {
      return toMutantRunResult(await this.#run(disableBail));
    } finally {
      this.#board.activeMutant = undefined;
    }
  }

  #select(titles: readonly string[] | undefined): void {
    const anyOf = (parts: readonly string[]) => parts.map(escaped).join("|") || "$.";
    const chosen = titles ? `^(${anyOf(titles)})$` : `^(?!.*(${anyOf(this.#selection.skip)})).*$`;
    this.#mocha.grep(new RegExp(chosen, "s"));
  }

  async #run(disableBail: boolean): Promise<DryRunResult> {
    for (const suite of suitesOf(this.#mocha.suite)) suite.bail(!disableBail);
    const tests: TestResult[] = [];
    await new Promise<void>((resolve) => {
      const runner = this.#mocha.run(() => resolve());
      runner.on("pass", (test) => tests.push(resultOf(test)));
      runner.on("fail", (test, error: Error) => {
        tests.push(resultOf(test.ctx?.currentTest ?? (test as Mocha.Test), error));
      });
    });
    const { hitCount, hitLimit } = this.#board;
    return determineHitLimitReached(hitCount, hitLimit) ?? { status: DryRunStatus.Complete, tests };
  }
}

type Coverage = NonNullable<CompleteDryRunResult["mutantCoverage"]>;

/**
 * What tests reach is tried in them alone, though files reached it when they were loaded, too: for
 * such a mutant Stryker starts a new process, which loads every file anew and learns nothing more.
 */
function withoutLoading({ static: loading, perTest }: Coverage): Coverage {
  const inTests = new Set(Object.values(perTest).flatMap((reached) => Object.keys(reached)));
  const left = Object.entries(loading).filter(([id]) => !inTests.has(id));
  return { static: Object.fromEntries(left), perTest };
}

/** Says nothing: many runs would speak at once. */
class SilentReporter extends Mocha.reporters.Base {}

function resultOf(test: Mocha.Runnable, error?: Error): TestResult {
  const name = test.fullTitle();
  const common = {
    id: name,
    name,
    timeSpentMs: test.duration ?? 0,
    ...(test.file === undefined ? {} : { fileName: test.file }),
  };
  if (!error) return { ...common, status: TestStatus.Success };
  return { ...common, status: TestStatus.Failed, failureMessage: error.message };
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function suitesOf(suite: Mocha.Suite): Mocha.Suite[] {
  return [suite, ...suite.suites.flatMap(suitesOf)];
}

function testsOf(suite: Mocha.Suite): Mocha.Test[] {
  return suitesOf(suite).flatMap(({ tests }) => tests);
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, "mocha", MochaRunner)];

const texts = { type: "array", items: { type: "string" } };
export const strykerValidationSchema = {
  $schema: "http://json-schema.org/draft-07/schema#",
  type: "object",
  properties: {
    mochaTests: {
      type: "object",
      required: ["near", "whole", "skip"],
      additionalProperties: false,
      properties: { near: texts, whole: texts, skip: texts },
    },
  },
};
