/** The repeated parts of the page. Names and fields follow figure.ts and drawing.ts. */
import { evidencePartial, judgedPartial, unhealedPartial, verdictPartial } from "./sections.ts";
import { stylePartial } from "./style.ts";

/** Symbols and hatches, defined once and referred to by id. Shape and text carry the meaning. */
const symbols = `<svg class="defs" width="0" height="0" aria-hidden="true" focusable="false"><defs>
<pattern id="h-up" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><path d="M0 0V6" class="hatch-edge"/></pattern>
<pattern id="h-degraded" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="5" height="5" class="hatch-degraded-bg"/><path d="M0 0V5" class="hatch-degraded"/></pattern>
<pattern id="h-twice" width="4" height="4" patternUnits="userSpaceOnUse"><rect width="4" height="4" class="hatch-twice-bg"/><path d="M0 1H4" class="hatch-twice"/></pattern>
<pattern id="h-few" width="4" height="4" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="4" height="4" class="hatch-few-bg"/><path d="M0 0V4" class="hatch-few"/></pattern>
<pattern id="h-open" width="4" height="4" patternUnits="userSpaceOnUse"><rect width="4" height="4" class="hatch-open-bg"/><circle cx="2" cy="2" r="0.9" class="hatch-open"/></pattern>
</defs>
<symbol id="s-met" viewBox="0 0 24 24"><circle cx="12" cy="12" r="11" class="s-met"/><path d="M6.5 12.5l3.8 3.8l7.2-8" class="s-ink"/></symbol>
<symbol id="s-confirmed" viewBox="0 0 24 24"><circle cx="12" cy="12" r="11" class="s-met"/><path d="M6.5 12.5l3.8 3.8l7.2-8" class="s-ink"/></symbol>
<symbol id="s-missed" viewBox="0 0 24 24"><path d="M7.2 1h9.6l6.2 6.2v9.6l-6.2 6.2h-9.6l-6.2-6.2v-9.6z" class="s-missed"/><path d="M7.5 7.5l9 9m0-9l-9 9" class="s-ink"/></symbol>
<symbol id="s-refuted" viewBox="0 0 24 24"><path d="M7.2 1h9.6l6.2 6.2v9.6l-6.2 6.2h-9.6l-6.2-6.2v-9.6z" class="s-missed"/><path d="M7.5 7.5l9 9m0-9l-9 9" class="s-ink"/></symbol>
<symbol id="s-inconclusive" viewBox="0 0 24 24"><path d="M12 1.5L23.3 22H.7z" class="s-inconclusive"/><path d="M12 8v7m0 2.6v1.8" class="s-ink"/></symbol>
<symbol id="s-not-run" viewBox="0 0 24 24"><circle cx="12" cy="12" r="10" class="s-not-run"/><path d="M7 12h10" class="s-ink-line"/></symbol>
</svg>`;

const mark = `<svg class="mark-box" viewBox="0 0 24 24" aria-hidden="true" focusable="false"><use href="#s-{{this}}"/></svg>`;

const shape = `<path class="{{c}}" d="{{d}}">{{#if t}}<title>{{t}}</title>{{/if}}</path>`;

const drawing = `<svg class="drawing" role="img" aria-labelledby="{{id}}-t {{id}}-d" viewBox="0 0 {{width}} {{height}}" width="{{width}}" height="{{height}}"><title id="{{id}}-t">{{title}}</title><desc id="{{id}}-d">{{desc}}</desc>{{#each layers}}<g>{{#each paths}}{{> shape}}{{/each}}{{#each texts}}<text class="{{c}}" x="{{x}}" y="{{y}}" text-anchor="{{a}}">{{#if t}}<title>{{t}}</title>{{/if}}{{s}}</text>{{/each}}</g>{{/each}}</svg>`;

const table = `<div class="scroll" tabindex="0" role="group" aria-label="{{caption}}"><table><caption>{{caption}}</caption><thead><tr>{{#each columns}}<th scope="col" class="{{c}}">{{s}}</th>{{/each}}</tr></thead><tbody>
{{#each rows}}<tr>{{#each cells}}<td class="{{c}}">{{s}}</td>{{/each}}</tr>
{{/each}}</tbody></table></div>{{#if note}}<p class="note">{{note}}</p>{{/if}}`;

const figure = `<figure class="figure" id="{{id}}" aria-labelledby="{{id}}-h">
<figcaption><h3 id="{{id}}-h">{{heading}}</h3>{{#if lead}}<p class="lead">{{lead}}</p>{{/if}}</figcaption>
{{#if drawing}}<div class="chart">{{#if legend}}<ul class="legend">{{#each legend}}<li><svg class="key" viewBox="0 0 22 12" width="22" height="12" aria-hidden="true" focusable="false">{{#each paths}}{{> shape}}{{/each}}</svg>{{label}}</li>{{/each}}</ul>{{/if}}
<div class="scroll plot" tabindex="0" role="group" aria-label="{{heading}}">{{> drawing drawing}}</div></div>{{/if}}
{{#if empty}}<p class="empty">{{empty}}</p>{{/if}}
{{#if table}}<details{{#if tableOpen}} open{{/if}}><summary>Numbers: {{table.caption}}</summary>{{> table table}}</details>{{/if}}
</figure>`;

export const partials: Record<string, string> = {
  style: stylePartial,
  symbols,
  mark,
  shape,
  drawing,
  table,
  figure,
  verdict: verdictPartial,
  unhealed: unhealedPartial,
  judged: judgedPartial,
  evidence: evidencePartial,
};
