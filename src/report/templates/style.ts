/**
 * The look: system fonts, tabular numerals, rules instead of boxes. Colours are Okabe and Ito's,
 * darkened or lightened per theme; text is always ink on paper, and every colour has a shape, a
 * hatch or a word beside it.
 */
const tokens = `
:root{--paper:#fff;--ink:#1b1f24;--soft:#545c66;--rule:#d5d9de;--faint:#e9ecef;--wash:#f5f6f8;--link:#00548a;
--blue:#0072b2;--green:#007a5a;--red:#c44601;--amber:#b37400;--purple:#a8487c;--sky:#2b8cc4;
--bandfill:#d55e0022;--bandedge:#b34700;--okcell:#cfe3ee;--on:#fff;--met:#00704f;--missed:#b53d00;--incon:#8a5a00}
@media screen and (prefers-color-scheme:dark){:root{--paper:#14171b;--ink:#e6e8eb;--soft:#a3abb5;--rule:#3a4149;--faint:#262b31;--wash:#1c2025;--link:#7cc4f0;
--blue:#56b4e9;--green:#2fc596;--red:#ff8a4d;--amber:#e69f00;--purple:#e08fba;--sky:#9ad3f5;
--bandfill:#ff8a4d26;--bandedge:#ff8a4d;--okcell:#24404f;--on:#14171b;--met:#2fc596;--missed:#ff8a4d;--incon:#f0b429}}`;

const page = `
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0 auto;padding:0 24px 48px;max-width:1060px;background:var(--paper);color:var(--ink);
font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums lining-nums}
.defs{position:absolute}
.skip{position:absolute;left:-999px}.skip:focus{left:8px;top:8px;padding:8px 12px;background:var(--paper);outline:2px solid var(--link)}
a{color:var(--link)}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
h1{font-size:25px;line-height:1.25;font-weight:650;letter-spacing:-.01em;margin:6px 0 10px;overflow-wrap:anywhere}
h2{font-size:20px;line-height:1.3;font-weight:650;margin:52px 0 12px;padding-top:10px;border-top:2px solid var(--ink)}
h3{font-size:15.5px;line-height:1.35;font-weight:650;margin:28px 0 4px}
p{margin:0 0 10px;max-width:46em}
ul{margin:0 0 10px;padding-left:20px;max-width:52em}li{margin:2px 0;overflow-wrap:anywhere}
.lead,.note,.sub{color:var(--soft)}
.note{font-size:13px;margin:6px 0 0}
.sub{font-size:13px;font-weight:400}
.empty{color:var(--soft);border-left:3px solid var(--rule);padding:2px 0 2px 12px;margin:8px 0}
.code{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"Liberation Mono",monospace;font-size:12.5px;overflow-wrap:anywhere}
.mark-box{width:1.05em;height:1.05em;vertical-align:-.15em;margin-right:.4em;flex:none}
.tag{white-space:nowrap;font-weight:650}
.verdict{margin:28px 0 0;padding:0 0 0 20px;border-left:8px solid var(--soft)}
.v-met{border-color:var(--met)}.v-missed{border-color:var(--missed)}.v-inconclusive{border-color:var(--incon)}
.word{font-size:16px;margin:0;max-width:none}.word strong{font-size:22px;letter-spacing:.04em;margin-right:.5em}.word .mark-box{width:24px;height:24px;vertical-align:-4px}
.word span{color:var(--soft)}
.answer{font-size:17.5px;line-height:1.5;max-width:44em}
.reasons{margin-bottom:14px}
dd.code,td.code{overflow-wrap:anywhere}.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(220px,1fr));gap:8px 24px;margin:14px 0 0}
.facts div{min-width:0;border-top:1px solid var(--rule);padding-top:4px}
.facts .span{grid-column:span 2}.facts .code dd{font-size:12px}.facts dt{font-family:system-ui,sans-serif;font-size:12.5px;color:var(--soft)}.facts dd{margin:0;overflow-wrap:anywhere}
nav ol{display:flex;flex-wrap:wrap;gap:4px 18px;list-style:none;margin:22px 0 0;padding:8px 0;border-top:1px solid var(--rule);border-bottom:1px solid var(--rule);font-size:14px}
nav li{margin:0}nav a{display:inline-block;padding:3px 0}
section{scroll-margin-top:8px}
.scroll{overflow-x:auto;margin:12px 0 0}.plot{margin-top:4px}
table{border-collapse:collapse;font-size:13.5px;line-height:1.4}.judged,.account table{width:100%}
caption{text-align:left;color:var(--soft);font-size:13px;padding:0 0 6px}
th,td{text-align:left;vertical-align:top;padding:5px 18px 5px 0;border-bottom:1px solid var(--faint)}
th:last-child,td:last-child{padding-right:4px}
thead th{font-weight:600;font-size:12.5px;color:var(--soft);border-bottom:1px solid var(--soft);white-space:nowrap;vertical-align:bottom}
tbody th{font-weight:600}
td.n,th.n{text-align:right;white-space:nowrap}td.wide{min-width:16em}
td .code{font-size:12px}
.judged th .sub,.account .sub{display:block;max-width:26em}
.judged tbody th{min-width:15em}.judged .measured{min-width:158px}.judged .target{white-space:nowrap}.judged .how{min-width:17em;color:var(--soft)}
.judged .why{display:block;color:var(--ink)}.measured b{font-weight:650;white-space:nowrap}
.bullet-box{display:block;margin-top:2px}
figcaption p{max-width:66em}details caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
details{margin:8px 0 0}summary{cursor:pointer;color:var(--link);font-size:13.5px;padding:3px 0;width:fit-content}
.figure{margin:0 0 6px}figcaption p{margin:0 0 6px;font-size:14px}
.legend{display:flex;flex-wrap:wrap;gap:2px 18px;list-style:none;margin:6px 0 2px;padding:0;max-width:none;font-size:13px}
.legend li{display:inline-flex;align-items:center;gap:6px;margin:0}.key{flex:none;overflow:visible}
.drawing{display:block;width:100%;height:auto;min-width:760px}
.accounts{display:grid;grid-template-columns:repeat(auto-fill,minmax(300px,1fr));gap:20px 40px;margin-top:14px}
.account caption{font-weight:650;color:var(--ink);font-size:14px}
.account td,.account th{padding:4px 8px 4px 0}.account tbody th{font-weight:400;padding-left:14px}
.account .total th,.account .total td{font-weight:650;padding-left:0;border-top:1px solid var(--ink);border-bottom:3px double var(--ink)}
.tie{font-size:13.5px;margin:6px 0 0}
.anomaly{margin:10px 0 14px}.anomaly p{margin:0;max-width:none}
.glossary{display:grid;grid-template-columns:minmax(9em,14em) 1fr;gap:6px 24px;margin:8px 0;font-size:14px}
.glossary dt{font-weight:600}.glossary dd{margin:0;max-width:44em}
footer{margin-top:44px;padding-top:10px;border-top:1px solid var(--rule);font-size:13px;color:var(--soft)}`;

const drawings = `
.drawing text{font:12px system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;font-variant-numeric:tabular-nums;fill:var(--ink)}
.drawing .m{fill:var(--soft)}.drawing .s{font-size:11px}.drawing .h{font-weight:650}
.halo{paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}
.grid{fill:none;stroke:var(--faint)}.axis{fill:none;stroke:var(--soft)}.leader{fill:none;stroke:var(--soft);stroke-dasharray:1 2}
.band{fill:var(--bandfill)}.band-edge{fill:url(#h-up)}.band-line{fill:none;stroke:var(--bandedge)}
.hatch-edge{stroke:var(--bandedge);stroke-width:1.6;stroke-opacity:.55}
.line{fill:none;stroke-width:1.6;stroke-linejoin:round;stroke:var(--soft)}
.l-a{stroke:var(--blue)}.l-b{stroke:var(--green);stroke-dasharray:6 2}.l-c{stroke:var(--purple)}.l-d{stroke:var(--amber);stroke-dasharray:2 2}.l-e{stroke:var(--ink);stroke-dasharray:8 2 2 2}
.l-due{stroke:var(--ink);stroke-dasharray:2 3;stroke-width:1.3}.l-bad{stroke:var(--red)}.l-other{stroke:var(--ink)}
.target{fill:none;stroke:var(--ink);stroke-dasharray:7 4}
.dot{fill:none;stroke-width:1.3}.d-acked{fill:var(--blue);stroke:none;fill-opacity:.75}.d-failed{stroke:var(--red);stroke-width:1.6}.d-indeterminate{stroke:var(--amber);fill:var(--paper);stroke-width:1.5}
.bar-up{fill:var(--green);fill-opacity:.55}.bar-down{fill:var(--red)}.bar-degraded{fill:url(#h-degraded);stroke:var(--amber)}.bar-starting{fill:var(--paper);stroke:var(--soft);stroke-dasharray:3 2}
.hatch-degraded-bg{fill:var(--paper)}.hatch-degraded{stroke:var(--amber);stroke-width:4}
.mark{stroke-width:1.5;stroke:var(--ink);fill:var(--paper)}.k-bad{fill:var(--red);stroke:var(--paper);stroke-width:1}.k-good{fill:var(--green);stroke:var(--paper);stroke-width:1}.k-open{fill:var(--paper);stroke:var(--ink)}.k-edge{fill:var(--soft);stroke:var(--paper);stroke-width:1}.k-line{fill:none;stroke:var(--ink);stroke-width:2}
.stem{fill:none;stroke:var(--soft);stroke-width:3}.stem.k-bad{stroke:var(--red);stroke-width:3}
.cell-ok{fill:var(--okcell)}.cell-most{fill:var(--red)}.cell-few{fill:url(#h-few)}.cell-twice{fill:url(#h-twice)}.cell-open{fill:url(#h-open)}
.hatch-few-bg,.hatch-open-bg,.hatch-twice-bg{fill:var(--paper)}.hatch-few{stroke:var(--red);stroke-width:4}.hatch-twice{stroke:var(--purple);stroke-width:2}.hatch-open{fill:var(--amber)}
.rto-bar{fill:var(--red);fill-opacity:.35}.phase{fill:var(--blue)}.phase-b{fill:var(--sky);fill-opacity:.75}
.interval{fill:var(--sky);fill-opacity:.3}
.bullet{fill:var(--blue);fill-opacity:.75}.bullet-bad{fill:var(--red);fill-opacity:.8}.whisker{stroke:var(--ink);stroke-width:2;fill:none}.bullet-target{stroke:var(--ink);stroke-width:2.5;fill:none}
.region{fill:var(--wash);stroke:var(--soft)}.node{fill:var(--paper);stroke:var(--rule)}.node-controller{fill:var(--wash);stroke:var(--soft)}.node-cold{stroke:var(--soft);stroke-dasharray:4 3}.node-mirror{stroke:var(--purple);stroke-dasharray:4 2}
.wire{fill:none;stroke:var(--soft);stroke-width:1.4}.wire-mirror{stroke:var(--purple);stroke-dasharray:5 3;stroke-width:1.8}.arrow{fill:var(--ink)}
.s-met{fill:var(--met)}.s-missed{fill:var(--missed)}.s-inconclusive{fill:var(--incon)}.s-not-run{fill:none;stroke:var(--soft);stroke-width:2;stroke-dasharray:4 3}
.s-ink{fill:none;stroke:var(--on);stroke-width:2.6;stroke-linecap:round;stroke-linejoin:round}.s-ink-line{fill:none;stroke:var(--soft);stroke-width:2.6}`;

const media = `
@media (max-width:640px){body{padding:0 14px 32px}.verdict{padding-left:12px;border-left-width:5px}h1{font-size:21px}.answer{font-size:16px}.facts{grid-template-columns:1fr 1fr;gap:6px 16px}.glossary{grid-template-columns:1fr;gap:0}.glossary dd{margin-bottom:8px}.accounts{grid-template-columns:1fr}.word span{display:block}}
@media (prefers-reduced-motion:reduce){html{scroll-behavior:auto}}
@page{size:A4;margin:14mm 12mm}
@media print{
body{max-width:none;padding:0;font-size:10pt;line-height:1.4}nav,.skip{display:none}
h2{margin-top:22pt}h1,h2,h3,summary,caption,.legend,figcaption{break-after:avoid}
details::details-content{content-visibility:visible;block-size:auto}details>*{display:block}
.scroll{overflow:visible;margin-top:6pt}.drawing{min-width:0}table,table .sub,thead th{font-size:8pt;line-height:1.3}caption,.note,summary,.legend{font-size:8.5pt}figcaption p{font-size:9pt}
.judged tbody th,.judged .how,td.wide{min-width:0}
thead{display:table-header-group}tr,.drawing,.chart,figcaption,p,li,.account,.empty,.facts div{break-inside:avoid}
td,th{padding:2px 8px 2px 0}td.code,dd.code{font-size:7.5pt;overflow-wrap:anywhere}thead th{white-space:normal}
a{color:inherit;text-decoration:none}summary{color:var(--ink)}
svg{print-color-adjust:exact;-webkit-print-color-adjust:exact}}`;

export const stylePartial = `${tokens}${page}${drawings}${media}
`.replaceAll("{{", "{ {");
