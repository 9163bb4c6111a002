/** A page over several runs: what was asked, the answer of each, and the worst of them on top. */
const style = `
.runs{width:100%}.runs tbody th{min-width:10em}.runs td{min-width:6em;padding-right:14px}.runs td.n{min-width:0}.runs td.rto{min-width:13.5em}.pair{padding-left:.8em;text-indent:-.8em}.bare{color:var(--incon)}.runs .sub,.pair{display:block}.runs .sub{max-width:22em;line-height:1.3}
.told{display:grid;grid-template-columns:1fr;gap:0;margin:12px 0 0}.told div{display:grid;grid-template-columns:minmax(9em,15em) 1fr;gap:4px 24px;padding:6px 0;border-top:1px solid var(--faint)}
.told dt{font-weight:600;overflow-wrap:anywhere}.told dd{margin:0;max-width:52em;overflow-wrap:anywhere}
@media (max-width:640px){.told div{grid-template-columns:1fr}}
@media print{.runs tbody th,.runs td,.runs td.rto{min-width:0}.told{font-size:9pt}.told div{break-inside:avoid}}`;

export const indexTemplate = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<title>{{documentTitle}}</title>
<style>{{> style}}${style}</style>
</head>
<body>
{{> symbols}}
<header class="verdict v-{{kind}}">
<p class="word">{{> mark kind}}<strong>{{word}}</strong><span>the worst of {{count}}</span></p>
<h1>{{title}}</h1>
<p class="answer">{{answer}}</p>
{{#if description}}<p class="note">{{description}}</p>{{/if}}
</header>
<main id="main">
<section id="runs" aria-labelledby="runs-h">
<h2 id="runs-h">Runs</h2>
<div class="scroll" tabindex="0" role="group" aria-label="Runs"><table class="runs"><caption>One row a run, in the order they ran; its name leads to its report</caption>
<thead><tr><th scope="col">run</th><th scope="col">verdict</th><th scope="col">predictions</th><th scope="col">RPO</th><th scope="col">RTO</th><th scope="col">offsets</th><th scope="col" class="n">took</th><th scope="col" class="n">exit code</th></tr></thead><tbody>
{{#each rows}}<tr><th scope="row">{{#if href}}<a href="{{href}}">{{name}}</a>{{else}}{{name}}{{/if}}{{#if title}}<span class="sub">{{title}}</span>{{/if}}</th><td><span class="tag">{{> mark kind}}{{word}}</span>{{#if wordNote}}<span class="sub">({{wordNote}})</span>{{/if}}</td><td>{{predictions}}</td><td>{{#if rpoNote}}<span class="bare">▲</span> {{/if}}{{rpo}}{{#if rpoNote}}<span class="sub">{{rpoNote}}</span>{{/if}}</td><td class="rto">{{#each rto}}<span class="pair">{{viewpoint}} {{text}}</span>{{else}}–{{/each}}</td><td>{{offsets}}</td><td class="n">{{duration}}</td><td class="n">{{exitCode}}</td></tr>
{{/each}}</tbody></table></div>
</section>
{{#if reasons}}<section id="reasons" aria-labelledby="reasons-h">
<h2 id="reasons-h">Why not passed</h2>
<dl class="told">{{#each reasons}}<div><dt>{{name}}</dt><dd>{{#each sentences}}{{this}}<br>{{/each}}</dd></div>{{/each}}</dl>
</section>{{/if}}
{{#if refuted}}<section id="refuted" aria-labelledby="refuted-h">
<h2 id="refuted-h">Predictions refuted</h2>
<p class="note">What was expected and did not come. It is a result, and fails nothing.</p>
<dl class="told">{{#each refuted}}<div><dt>{{name}}</dt><dd>{{#each sentences}}{{this}}<br>{{/each}}</dd></div>{{/each}}</dl>
</section>{{/if}}
{{#if notes}}<section id="notes" aria-labelledby="notes-h">
<h2 id="notes-h">Notes</h2>
<dl class="told">{{#each notes}}<div><dt>{{name}}</dt><dd>{{#each sentences}}{{this}}<br>{{/each}}</dd></div>{{/each}}</dl>
</section>{{/if}}
{{#if facts}}<section id="facts" aria-labelledby="facts-h">
<h2 id="facts-h">All together</h2>
<dl class="facts">{{#each facts}}<div><dt>{{label}}</dt><dd>{{value}}</dd></div>{{/each}}</dl>
</section>{{/if}}
</main>
<footer><p>{{footer}}</p></footer>
</body>
</html>
`;
