/**
 * result.json → one HTML file that opens anywhere: no script, no request, no file beside it.
 *
 * The templates are TypeScript strings, not .hbs files: `tsc` carries them into dist/ with nothing
 * to copy, and rendering stays a pure function that reads no disk. Handlebars runs in strict mode,
 * with `each`, `if` and partials only, and always escapes.
 */
import Handlebars from "handlebars";
import type { Result } from "../reconcile/result.ts";
import { unbroken } from "./no-break.ts";
import { pageTemplate } from "./templates/page.ts";
import { partials } from "./templates/partials.ts";
import { type PageView, pageView } from "./view-model.ts";

function compilePage(): (view: PageView) => string {
  const handlebars = Handlebars.create();
  for (const [name, source] of Object.entries(partials)) handlebars.registerPartial(name, source);
  return handlebars.compile<PageView>(pageTemplate, {
    strict: true,
    knownHelpersOnly: true,
    preventIndent: true,
  });
}

const page = compilePage();

/** The report of a result. The same result gives the same bytes. */
export function renderReport(result: Result): string {
  return page(unbroken(pageView(result)));
}
