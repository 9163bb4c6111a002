/** The page of a set: order of the sections and nothing else. */
const judged = (
  rows: string,
  first: string,
) => `<div class="scroll" tabindex="0" role="group" aria-label="${first}"><table class="judged">
<thead><tr><th scope="col">${first}</th><th scope="col">target</th><th scope="col">repetitions</th><th scope="col">verdict</th></tr></thead>
<tbody>
{{#each ${rows}}}<tr><th scope="row">{{label}}</th><td class="target">{{target}}</td><td>{{repetitions}}{{#if reason}}<span class="why">{{reason}}</span>{{/if}}</td><td class="outcome"><span class="tag">{{> mark kind}}{{verdict}}</span></td></tr>
{{/each}}</tbody></table></div>`;

export const setPageTemplate = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{{documentTitle}}</title>
<style>{{> style}}</style>
</head>
<body>
<a class="skip" href="#main">Skip to the results</a>
{{> symbols}}
{{> verdict verdict}}
<nav aria-label="Contents"><ol>
<li><a href="#objectives">Objectives</a></li><li><a href="#measures">Measures</a></li>{{#if byPhase}}<li><a href="#phases">Instants</a></li>{{/if}}<li><a href="#repetitions">Repetitions</a></li><li><a href="#limits">Limits</a></li>
</ol></nav>
<main id="main">
<section id="objectives" aria-labelledby="objectives-h">
<h2 id="objectives-h">Objectives</h2>
<p class="lead">Met only when met in every conclusive repetition: one miss misses it.</p>
{{#if objectives}}${judged("objectives", "objective")}{{else}}<p class="empty">The experiment sets no objective.</p>{{/if}}
{{#if predictions}}<h3>Predictions</h3>
{{#if because}}<p class="lead">Predicted because: {{because}}</p>{{/if}}
${judged("predictions", "prediction")}{{/if}}
</section>
<section id="measures" aria-labelledby="measures-h">
<h2 id="measures-h">Measures</h2>
<p class="lead">Every repetition is a mark. What had not recovered when its run ended is a lower bound: it is never left out, and a statistic that hangs on it is a lower bound itself.</p>
{{#if measures}}{{> table measures}}{{/if}}
{{#if figures}}{{#each figures}}{{> figure}}{{/each}}{{else}}<p class="empty">No repetition left a number.</p>{{/if}}
</section>
{{#if byPhase}}<section id="phases" aria-labelledby="phases-h">
<h2 id="phases-h">Instants</h2>
<p class="lead">The fault was to begin at an instant of its own in each repetition. Where the marks follow a line, the instant explains the value; where they do not, something else does.</p>
{{#each byPhase}}{{> figure}}{{/each}}
{{#if phases}}<details><summary>Numbers: {{phases.caption}}</summary>{{> table phases}}</details>{{/if}}
</section>{{/if}}
<section id="repetitions" aria-labelledby="repetitions-h">
<h2 id="repetitions-h">Repetitions</h2>
{{#if repetitions}}<div class="scroll" tabindex="0" role="group" aria-label="Repetitions"><table>
<caption>Each is a run of its own, with its evidence.</caption>
<thead><tr><th scope="col">run</th><th scope="col">verdict</th><th scope="col">world</th><th scope="col">phase</th><th scope="col" class="n">duration</th><th scope="col" class="n">overhead</th><th scope="col">reason</th></tr></thead>
<tbody>
{{#each repetitions}}<tr><th scope="row"><a href="{{folder}}/report.html">{{folder}}</a></th><td><span class="tag">{{> mark kind}}{{verdict}}</span></td><td>{{world}}</td><td>{{phase}}</td><td class="n">{{duration}}</td><td class="n">{{overhead}}</td><td class="wide">{{reason}}</td></tr>
{{/each}}</tbody></table></div>
<p class="note">Overhead is what a repetition took besides workload, steps and recovery: boot or proof, topics, audit, clean-up.</p>{{else}}<p class="empty">None was begun.</p>{{/if}}
</section>
<section id="limits" aria-labelledby="limits-h">
<h2 id="limits-h">Limits of this evidence</h2>
<ul>{{#each limits}}<li>{{this}}</li>{{/each}}</ul>
</section>
</main>
<footer><p>{{footer}}</p></footer>
</body>
</html>
`;
