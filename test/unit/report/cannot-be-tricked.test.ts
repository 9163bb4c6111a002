/**
 * Every string of a result comes from somewhere else: a file, a broker, an error message. Each is
 * replaced by a hostile one, and every tag of the page must still be one that a template wrote.
 */
import { readFileSync } from "node:fs";
import { expect } from "chai";
import { type Result, resultSchema } from "../../../src/reconcile/result.ts";
import { renderJunit } from "../../../src/report/junit.ts";
import { renderMarkdown } from "../../../src/report/markdown.ts";
import { renderPrometheus } from "../../../src/report/prometheus.ts";
import { renderReport } from "../../../src/report/render.ts";
import { summarize } from "../../../src/report/summary.ts";

const ESC = String.fromCharCode(27);
const HOSTILE =
  `</script></style></title><script>alert(1)</script><img src=x onerror=alert(1)>` +
  `{{x}}{{{x}}}" onload="x' ]]> --> &lt;b&gt; \` | ${ESC}[31mred${String.fromCharCode(0, 8)}\n# EOF`;

type Path = (string | number)[];

/** Paths of all strings; of a long list the first three stand for the rest. */
function stringPaths(value: unknown, path: Path = []): Path[] {
  if (typeof value === "string") return [path];
  if (typeof value !== "object" || value === null) return [];
  const entries = Array.isArray(value) ? [...value.slice(0, 3).entries()] : Object.entries(value);
  return entries.flatMap(([key, item]) => stringPaths(item, [...path, key]));
}

type Holder = Record<string | number, unknown>;

function holderOf(root: unknown, path: Path): Holder {
  return path.slice(0, -1).reduce((node, key) => (node as Holder)[key], root) as Holder;
}

/** Poisons what the schema lets be any string, and counts how many that were. */
function poisoned(): { result: Result; strings: number } {
  const file = new URL("../../golden/files/region-loss-failed.result.json", import.meta.url);
  const raw = JSON.parse(readFileSync(file, "utf8")) as Holder;
  let strings = 0;
  for (const path of stringPaths(raw)) {
    const holder = holderOf(raw, path);
    const key = path.at(-1) ?? "";
    const before = holder[key];
    holder[key] = HOSTILE;
    // A closed word (a state, a verdict) cannot be hostile: the schema refuses it on read.
    if (resultSchema.safeParse(raw).success) strings += 1;
    else holder[key] = before;
  }
  (raw["environment"] as Holder)[HOSTILE] = { [HOSTILE]: HOSTILE };
  (raw["topology"] as Holder)[HOSTILE] = HOSTILE;
  return { result: resultSchema.parse(raw), strings };
}

const TAG = /<(?:!doctype html|\/[a-z0-9]+|[a-zA-Z0-9]+(?: [a-zA-Z-]+="[^"<>]*"| open)*\/?)>/y;
function tagAt(body: string, at: number): string | undefined {
  TAG.lastIndex = at;
  return TAG.exec(body)?.[0];
}

const TAGS = new Set(
  (
    "html head meta title style body a svg defs pattern path rect circle symbol use header p strong " +
    "span h1 h2 h3 ul ol li dl dt dd div nav main section table caption thead tbody tr th td b " +
    "details summary figure figcaption g text desc footer"
  ).split(" "),
);

describe("a report cannot be tricked", function () {
  this.timeout(20_000);
  const { result, strings } = poisoned();
  const html = renderReport(result);

  it("was tried with every kind of string", () => {
    expect(strings).to.be.greaterThan(150);
    expect(html.split("alert(1)").length).to.be.greaterThan(150);
  });

  it("holds no tag that a template did not write", () => {
    const body = html.replace(/<style>[^<]*<\/style>/, "");
    for (let at = body.indexOf("<"); at !== -1; at = body.indexOf("<", at + 1)) {
      const tag = tagAt(body, at);
      expect(tag, `near: ${body.slice(at, at + 120)}`).to.be.a("string");
      const name = /^<\/?([a-zA-Z0-9]+)/.exec(tag ?? "")?.[1];
      if (name !== undefined) expect(TAGS.has(name), `<${name}>`).to.equal(true);
      expect(/ on[a-z]+=| (?:src|srcdoc|action|xlink:href)=/.test(tag ?? "")).to.equal(false);
    }
  });

  it("runs no template that came with the data", () => {
    expect(html).to.include("{{x}}{{{x}}}&quot; onload");
  });

  it("links only within itself and calls nothing", () => {
    const links = [...html.matchAll(/href="([^"]*)"/g)].map((match) => match[1] ?? "");
    expect(links.length).to.be.greaterThan(10);
    expect(links.every((link) => link.startsWith("#"))).to.equal(true);
    expect(html).to.include(
      "content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:\"",
    );
    expect(/@import|url\((?!#)/.test(html.slice(0, html.indexOf("</style>")))).to.equal(false);
  });

  it("stays well-formed as XML, Markdown, OpenMetrics and terminal text", () => {
    const xml = renderJunit(result);
    const element = /<(?:\?xml [^<>]*\?|\/[a-z-]+|[a-z-]+(?: [a-z]+="[^"<>]*")*\/?)>/g;
    expect(xml.replace(element, "")).to.not.match(/[<>]/);
    const markdown = renderMarkdown(result);
    expect(markdown.replace(/<\/?(details|summary)>/g, "")).to.not.match(/</);
    const metrics = renderPrometheus(result).trimEnd().split("\n");
    expect(metrics.filter((line) => line === "# EOF")).to.have.length(1);
    expect(metrics.at(-1)).to.equal("# EOF");
    for (const text of [xml, markdown, metrics.join("\n"), summarize(result)]) {
      expect([...text].every((char) => char === "\n" || char >= " ")).to.equal(true);
    }
  });
});
