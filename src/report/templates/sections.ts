/** The sections that are more than figures and tables. */

export const verdictPartial = `<header class="verdict v-{{kind}}">
<p class="word">{{> mark kind}}<strong>{{word}}</strong> <span>{{preface}}</span></p>
<h1>{{title}}</h1>
<p class="answer">{{answer}}</p>
{{#if reasons}}<ul class="reasons" aria-label="Reasons for the verdict">{{#each reasons}}<li>{{this}}</li>{{/each}}</ul>{{/if}}
<dl class="facts">{{#each facts}}<div class="{{c}}"><dt>{{term}}</dt><dd>{{value}}</dd></div>{{/each}}</dl>
</header>`;

/** Whatever the verdict is: something was left broken, and may be still. */
export const unhealedPartial = `{{#if unhealed}}<section id="unhealed" role="alert" aria-labelledby="unhealed-h">
<h2 id="unhealed-h"><span class="tag">{{> mark "missed"}}NOT HEALED</span></h2>
<p class="lead">The verdict above is about what was measured. Apart from it, this was not undone, or not proven to be; the run's containers were removed or must be swept, and no other run uses them.</p>
<ul>{{#each unhealed}}<li><b>{{step}}</b>: {{reason}}</li>{{/each}}</ul>
</section>
{{/if}}`;

const row = (kind: string) => `{{#each ${kind}}}<tr>
<th scope="row">{{label}}<span class="sub">{{definition}}</span></th>
<td class="target">{{target}}</td>
<td class="measured"><b>{{main}}</b>{{#if bounds}} <span class="sub">{{bounds}}</span>{{/if}}{{#if bullet}}<svg class="bullet-box" viewBox="0 0 150 16" width="150" height="16" aria-hidden="true" focusable="false">{{#each bullet}}{{> shape}}{{/each}}</svg>{{/if}}</td>
<td class="n">{{margin}}</td>
<td class="outcome"><span class="tag">{{> mark kind}}{{verdict}}</span></td>
<td class="how">{{how}}{{#if reason}}<span class="why">{{reason}}</span>{{/if}}</td>
</tr>
{{/each}}`;

const head =
  '<thead><tr><th scope="col">' +
  '{{first}}</th><th scope="col">target</th><th scope="col">measured</th><th scope="col" class="n">margin</th><th scope="col">verdict</th><th scope="col">how it was measured</th></tr></thead>';

export const judgedPartial = `<section id="objectives" aria-labelledby="objectives-h">
<h2 id="objectives-h">Objectives</h2>
{{#if objectives}}<div class="scroll" tabindex="0" role="group" aria-label="Objectives"><table class="judged">
<caption>What was demanded, and what was measured. A negative margin is a miss; a miss without a margin has its reason beside it.</caption>
${head.replace("{{first}}", "objective")}
<tbody>
${row("objectives")}</tbody></table></div>
<p class="note">In the small pictures the bar is the measured value, the whisker its bounds, and the tall line the target.</p>{{else}}<p class="empty">The experiment sets no objective.</p>{{/if}}
{{#if predictions}}<h3>Predictions</h3>
{{#if because}}<p class="lead">Predicted because: {{because}}</p>{{/if}}
<div class="scroll" tabindex="0" role="group" aria-label="Predictions"><table class="judged">
<caption>What was expected before the run. A refuted prediction is a result, not a failure.</caption>
${head.replace("{{first}}", "prediction")}
<tbody>
${row("predictions")}</tbody></table></div>{{/if}}
</section>`;

export const evidencePartial = `<section id="balances" aria-labelledby="balances-h">
<h2 id="balances-h">Accounts</h2>
<p class="lead">Every record is in exactly one line. The parts are counted apart from the total, so an account that ties out has no record unaccounted for.</p>
{{#if balances}}<div class="accounts">{{#each balances}}<div class="account"><table>
<caption>{{title}}</caption><thead><tr><th scope="col">item</th><th scope="col" class="n">records</th></tr></thead><tbody>
{{#each rows}}<tr class="{{#if total}}total{{/if}}"><th scope="row">{{label}}{{#if note}}<span class="sub">{{note}}</span>{{/if}}</th><td class="n">{{count}}</td></tr>
{{/each}}</tbody></table><p class="tie">{{#if ties}}✓{{else}}✗{{/if}} {{tieText}}</p></div>{{/each}}</div>{{else}}<p class="empty">No account could be drawn up.</p>{{/if}}
</section>
<section id="findings" aria-labelledby="findings-h">
<h2 id="findings-h">Findings</h2>
<h3>Anomalies</h3>
{{#if anomalies}}{{#each anomalies}}<div class="anomaly">
<p>{{> mark kind}}<b>{{name}}: {{count}}</b>{{#if cause}} ({{cause}}){{/if}} · {{#if violation}}a violation{{else}}no violation{{/if}}. <span class="sub">{{meaning}}</span></p>
{{#if examples}}<details{{#if violation}} open{{/if}}><summary>{{examples.caption}}</summary>{{> table examples}}</details>{{/if}}</div>
{{/each}}{{else}}<p class="empty">{{noAnomaly}}</p>{{/if}}
<h3>Deviations</h3>
{{#if deviations}}<ul>{{#each deviations}}<li>{{this}}</li>{{/each}}</ul>{{else}}<p class="empty">The run went as planned and no prediction was refuted.</p>{{/if}}
<h3>Warnings</h3>
{{#if warnings}}<ul>{{#each warnings}}<li>{{this}}</li>{{/each}}</ul>{{else}}<p class="empty">There were no warnings.</p>{{/if}}
</section>
<section id="instrument" aria-labelledby="instrument-h">
<h2 id="instrument-h">The instrument</h2>
<p><span class="tag">{{> mark instrument.kind}}{{instrument.word}}</span> {{instrument.journalsText}}.</p>
{{#if instrument.problems}}<ul>{{#each instrument.problems}}<li>{{this}}</li>{{/each}}</ul>{{/if}}
{{#if instrument.facts}}{{> table instrument.facts}}{{/if}}
{{#if instrument.controls}}{{> table instrument.controls}}{{else}}<p class="empty">No control was measured.</p>{{/if}}
{{#if instrument.journals}}<details><summary>Numbers: {{instrument.journals.caption}}</summary>{{> table instrument.journals}}</details>{{/if}}
</section>
<section id="environment" aria-labelledby="environment-h">
<h2 id="environment-h">Environment</h2>
{{> figure environment.topology}}
<h3>Effective settings</h3>
{{#if environment.groups}}{{#each environment.groups}}<details><summary>{{caption}}</summary>{{> table}}</details>{{/each}}{{else}}<p class="empty">No setting was recorded.</p>{{/if}}
</section>
<section id="limits" aria-labelledby="limits-h">
<h2 id="limits-h">Limits of this evidence</h2>
{{#if limits}}<ul>{{#each limits}}<li>{{this}}</li>{{/each}}</ul>{{else}}<p class="empty">None were stated.</p>{{/if}}
<h3>What the words mean</h3>
<dl class="glossary">{{#each glossary}}<dt>{{term}}</dt><dd>{{meaning}}</dd>{{/each}}</dl>
</section>`;
