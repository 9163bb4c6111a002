/** The Markdown pages of the repository and its manifest, as the tests of documents read them. */
import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";

export const ROOT = resolve(import.meta.dirname, "../..");

export function read(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}

/** Paths of all pages, those not committed yet included. */
export const pages: string[] = execFileSync(
  "git",
  ["ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
  { cwd: ROOT, encoding: "utf8" },
)
  .split("\n")
  .filter((page) => page !== "" && existsSync(join(ROOT, page)));

export const manifest = JSON.parse(read("package.json")) as {
  scripts: Record<string, string>;
  files: string[];
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
};

const FENCED = /^```(\S*)\n(.*?)^```/gms;

/** Text without fenced blocks. */
export function prose(text: string): string {
  return text.replace(FENCED, "");
}

/** Fenced blocks; of one language when it is given. */
export function blocks(text: string, language?: string): string[] {
  return [...text.matchAll(FENCED)]
    .filter(([, name]) => language === undefined || name === language)
    .map(([, , body]) => body ?? "");
}

/** Everything written as code, line by line: fenced blocks, and spans in the text. */
export function codeLines(text: string): string[] {
  const spans = [...prose(text).matchAll(/`([^`]+)`/g)].map(([, code]) => code ?? "");
  return [...blocks(text).flatMap((block) => block.split("\n")), ...spans];
}
