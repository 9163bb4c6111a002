/** The page: order of the sections and nothing else. */
export const pageTemplate = `<!doctype html>
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
{{> unhealed}}<nav aria-label="Contents"><ol>
<li><a href="#objectives">Objectives</a></li><li><a href="#over-time">Over time</a></li><li><a href="#loss">Loss</a></li><li><a href="#offset-positions">Offsets</a></li><li><a href="#recovery">Recovery</a></li><li><a href="#balances">Accounts</a></li><li><a href="#findings">Findings</a></li><li><a href="#instrument">Instrument</a></li><li><a href="#environment">Environment</a></li><li><a href="#limits">Limits</a></li>
</ol></nav>
<main id="main">
{{> judged judged}}
<section id="over-time" aria-labelledby="over-time-h">
<h2 id="over-time-h">Over time</h2>
{{#if faults}}{{> table faults}}{{else}}<p class="empty">No fault is in the history of this run.</p>{{/if}}
{{#each overTime}}{{> figure}}{{/each}}
</section>
<section id="loss" aria-labelledby="loss-h">
<h2 id="loss-h">What was lost</h2>
<p class="lead">Acknowledged records absent from the surviving log after the final drain. Each was looked for by name; nothing here is derived from a lag or a count.</p>
<dl class="facts">{{#each rpo.lines}}<div><dt>{{term}}</dt><dd>{{value}}{{#if note}} <span class="sub">{{note}}</span>{{/if}}</dd></div>{{/each}}</dl>
{{#if rpo.table}}<details><summary>Numbers: {{rpo.table.caption}}</summary>{{> table rpo.table}}</details>{{/if}}
</section>
<section id="offset-positions" aria-labelledby="offset-positions-h">
<h2 id="offset-positions-h">Consumer offsets</h2>
{{> figure offsets}}
</section>
<section id="recovery" aria-labelledby="recovery-h">
<h2 id="recovery-h">Recovery</h2>
{{#if recoveries}}{{#each recoveries}}{{> figure}}{{/each}}{{else}}<p class="empty">No recovery was measured.</p>{{/if}}
{{#each phases}}{{> figure}}{{/each}}
</section>
{{> evidence}}
</main>
<footer><p>{{footer}}</p></footer>
</body>
</html>
`;
