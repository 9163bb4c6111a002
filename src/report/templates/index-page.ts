/** A page over several runs: what was asked, the answer of each, and the worst of them on top. */
export const indexTemplate = `<!doctype html>
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
{{> symbols}}
<header class="verdict v-{{kind}}">
<p class="word">{{> mark kind}}<strong>{{word}}</strong><span>the worst of {{count}}</span></p>
<h1>{{title}}</h1>
<p class="answer">{{answer}}</p>
</header>
<main id="main">
<section id="runs" aria-labelledby="runs-h">
<h2 id="runs-h">Runs</h2>
<div class="scroll" tabindex="0" role="group" aria-label="Runs"><table><caption>One row a run, in the order they ran</caption>
<thead><tr><th scope="col">run</th><th scope="col">verdict</th><th scope="col">RPO</th><th scope="col">RTO</th><th scope="col">offsets</th><th scope="col" class="n">exit code</th></tr></thead><tbody>
{{#each rows}}<tr><th scope="row">{{#if href}}<a href="{{href}}">{{name}}</a>{{else}}{{name}}{{/if}}</th><td><span class="tag">{{> mark kind}}{{word}}</span></td><td>{{rpo}}</td><td>{{rto}}</td><td>{{offsets}}</td><td class="n">{{exitCode}}</td></tr>
{{/each}}</tbody></table></div>
</section>
{{#if reasons}}<section id="reasons" aria-labelledby="reasons-h">
<h2 id="reasons-h">Why not passed</h2>
<dl class="facts">{{#each reasons}}<div><dt>{{name}}</dt><dd>{{#each sentences}}{{this}}<br>{{/each}}</dd></div>{{/each}}</dl>
</section>{{/if}}
</main>
<footer><p>{{footer}}</p></footer>
</body>
</html>
`;
