/** The page's style, light and dark. */
import { TIMELINE_STYLE } from '../../checkers/porcupine-ts/timeline/style.ts'

/** Colours by name: of outcomes, roles and statuses, and those of faults by the names of `FaultColour`. */
const COLOURS = `
:root{color-scheme:light dark;--bg:#fbfbfa;--fg:#1d2024;--dim:#5d636b;--line:#dfe1e4;--card:#fff;
--ok:#1f7346;--fail:#7b818a;--info:#b06f00;--bad:#c62f2f;--leader:#2f62c6;--candidate:#b06f00;--follower:#e4e8ee;
--clock:#7d4bb0;--focus:#d0212b;--effect:#127680;--on-bar:#fff;--on-fault:#fff;--link:#2456b8;
--fault-red:#b3363f;--fault-purple:#7d4bb0;--fault-teal:#127680;--fault-pink:#b0388a;--fault-brown:#85552a}
@media (prefers-color-scheme:dark){:root{--bg:#16181b;--fg:#e6e7e9;--dim:#a3a9b1;--line:#33373d;--card:#1e2125;
--ok:#3f9c69;--fail:#868c95;--info:#e0a030;--bad:#ef6461;--leader:#7aa2f0;--candidate:#e0a030;--follower:#2a3038;
--clock:#b08be0;--focus:#ff6b66;--effect:#4bb4be;--on-bar:#08110c;--on-fault:#101214;--link:#8fb4ff;
--fault-red:#e0777c;--fault-purple:#b08be0;--fault-teal:#4bb4be;--fault-pink:#de7fbb;--fault-brown:#c39a6b}}
`

const TEXT = `
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif}
main{max-width:1500px;margin:0 auto;padding:24px}
a{color:var(--link)}
:focus-visible{outline:2px solid var(--link);outline-offset:1px}
header{border-left:8px solid var(--status);padding:2px 0 2px 18px;margin-bottom:20px}
h1{margin:0;font-size:17px;font-weight:400}
h1 .status{font-size:30px;font-weight:700;color:var(--status);letter-spacing:.02em;text-transform:uppercase}
h1 .title{color:var(--dim);margin-left:8px}
header p{font-size:18px;margin:6px 0 0;max-width:75em;overflow-wrap:anywhere}
.again code{color:var(--dim)}
#steps img{max-width:100%;background:#fff;border:1px solid var(--line);border-radius:8px}
#steps ol{list-style:none;margin:8px 0;padding:0}
.step{padding:2px 0 2px 10px;border-left:3px solid var(--line);overflow-wrap:anywhere}
.step .time{display:inline-block;min-width:6.5em;color:var(--dim);font-variant-numeric:tabular-nums}
.step.fault-begins,.step.fault-ends{border-left-color:var(--fault-red)}
.step.unexplained{border-left-color:var(--bad);font-weight:600}
.valid{--status:var(--ok)}.invalid{--status:var(--bad)}.unknown{--status:var(--info)}
.counts{display:flex;flex-wrap:wrap;gap:10px;margin:0 0 20px}
.counts div{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:8px 14px}
.counts b{font-size:20px;display:block;font-variant-numeric:tabular-nums}
.counts span{color:var(--dim);font-size:13px}
h2{font-size:16px;margin:26px 0 8px}
h3{font-size:15px;margin:10px 0 6px}
.panel{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px}
button,input,select{font:inherit;font-size:13px;padding:4px 12px;border:1px solid var(--line);border-radius:6px;background:var(--card);color:var(--fg)}
button{cursor:pointer}
pre{overflow:auto;margin:0;padding:14px;font:12.5px/1.5 ui-monospace,monospace}
code{font:12.5px ui-monospace,monospace;overflow-wrap:anywhere}
.wide{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:14px}
td,th{text-align:left;padding:5px 14px 5px 0;border-top:1px solid var(--line);vertical-align:top}
td:first-child{white-space:nowrap}
td{overflow-wrap:anywhere;min-width:4em}
td.log{font:12px ui-monospace,monospace;white-space:pre-wrap}
th{color:var(--dim);font-weight:500}
td.valid,td.invalid,td.unknown{color:var(--status);font-weight:600;white-space:nowrap}
.no-effect{color:var(--dim)}
details summary{cursor:pointer;color:var(--dim)}
dl{display:grid;grid-template-columns:max-content 1fr;gap:3px 16px;margin:0;font-size:14px}
dt{color:var(--dim)}dd{margin:0;overflow-wrap:anywhere}
dd ul{margin:0;padding-left:18px}
`

/** The tools and details around the timeline. */
const BENCH = `
.tools{display:flex;gap:8px;align-items:center;margin-bottom:6px;flex-wrap:wrap}
#first-error{border-color:var(--focus);color:var(--focus)}
#filter{min-width:min(520px,100%)}
#shown{color:var(--dim);font-size:13px}
.legend{display:flex;flex-wrap:wrap;gap:4px 14px;margin:0 0 6px;font-size:12.5px;color:var(--dim)}
.swatch::before{content:"";display:inline-block;width:14px;height:11px;margin-right:5px;vertical-align:-1px;background:var(--swatch)}
.swatch.low::before{height:5px;vertical-align:0}
.swatch.open::before{background:none;border:1.5px solid var(--swatch);border-left-width:3px;border-right:0}
.swatch.frame::before{background:none;border:2px solid var(--swatch)}
.swatch.bar::before{width:3px}
.swatch.back::before{content:"\\25c0";background:none;color:var(--fg);width:auto;height:auto;vertical-align:0}
.setback{color:var(--bad);font-weight:600}
.swatch.none::before{display:none}
.swatch.ok{--swatch:var(--ok)}.swatch.fail{--swatch:var(--fail)}.swatch.info{--swatch:var(--info)}
.swatch.leader{--swatch:var(--leader)}.swatch.candidate{--swatch:var(--candidate)}.swatch.follower{--swatch:var(--follower)}
.swatch.effect{--swatch:var(--effect)}.swatch.bad{--swatch:var(--bad)}.swatch.clock{--swatch:var(--clock)}.swatch.focus{--swatch:var(--focus)}
#details{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:4px 14px 12px;margin-top:10px}
#details:empty{display:none}
`

/** Evidence that is drawn. Colours of edges by Okabe and Ito, which colour-blind readers tell apart. */
const VIEWS = `
:root{--edge-ww:#a6410a;--edge-wr:#0063a6;--edge-rw:#95306b;--edge-process:#4d5560;--edge-realtime:#00694b}
@media (prefers-color-scheme:dark){:root{--edge-ww:#f0935a;--edge-wr:#6bb8ee;--edge-rw:#e394c0;--edge-process:#b3bac4;--edge-realtime:#45c79a}}
.view{font-size:14px}
.view h4{margin:14px 0 4px;font-size:14px}
.view p{margin:6px 0;max-width:75em}
.view bdi{overflow-wrap:anywhere}
.view-note,.view-why,.view-ops{color:var(--dim)}
.view-steps li{padding:2px 0}
.view-state{color:var(--dim);margin-left:10px}
.view-no,.view-mark{color:var(--bad);font-weight:600}
.view-blocked{border:2px solid var(--bad);border-radius:6px;padding:8px 12px;display:inline-block}
.view-attempts{padding-left:0;list-style:none}
.view-attempt{border-left:3px solid var(--line);padding:2px 0 6px 14px;margin:10px 0}
.view-refused{list-style:none;padding-left:16px;margin:4px 0}
.view-refused li{padding:2px 0}
.view-why{padding-left:24px}
.view-scroll{overflow:auto;max-height:480px}
.view-table thead th{position:sticky;top:0;background:var(--card)}
.view-table td,.view-table th{padding:5px 14px 5px 6px}
.view-table td:first-child{white-space:nowrap}
.view-table tr[data-fine] .view-mark{color:var(--dim);font-weight:400}
.view-only-marked tr[data-fine]{display:none}
.view-filter{display:inline-block;padding:4px 6px}
.view-beside{display:flex;flex-wrap:wrap;gap:24px;align-items:flex-start}
.view-beside>div:first-child{max-width:100%}
.view-told{flex:1 1 380px;min-width:0}
.view-graph{overflow:auto;max-height:900px;max-width:100%}
.view-graph svg{display:block}
.view-edge{fill:none;stroke:currentColor;stroke-width:2}
.view-arrow{fill:currentColor}
.view-label{fill:currentColor;stroke:var(--card);stroke-width:5px;paint-order:stroke;font:600 13px system-ui,sans-serif;text-anchor:middle;dominant-baseline:central}
.view-ww{color:var(--edge-ww)}.view-wr{color:var(--edge-wr)}.view-rw{color:var(--edge-rw)}.view-process{color:var(--edge-process)}.view-realtime{color:var(--edge-realtime)}
.view-node circle{fill:var(--card);stroke:var(--fg);stroke-width:1.5}
.view-node text{fill:var(--fg);font:600 13px system-ui,sans-serif;text-anchor:middle;dominant-baseline:central}
.view-node:hover circle,.view-node:focus circle{stroke:var(--focus);stroke-width:3}
.view-legend,.view-plain{list-style:none;padding-left:0;margin:6px 0}
.view-legend li,.view-plain li{padding:2px 0}
.view-kind{font-weight:600}
@media print{.view-scroll,.view-graph{max-height:none;overflow:visible}}
`

/** The list of log lines. The height of a row is the same in the code of the list. */
export const LOGS_STYLE = `
.log-list{height:480px;overflow:auto;border:1px solid var(--line);border-radius:6px;font:12.5px/20px ui-monospace,monospace;contain:strict}
.log-list:focus-visible{outline:2px solid var(--leader);outline-offset:1px}
.log-sizer{position:relative;overflow:hidden}
.log-window{position:absolute;left:0;right:0;top:0;will-change:transform}
.log-row{display:flex;gap:10px;height:20px;padding:0 8px;white-space:pre;overflow:hidden;cursor:pointer;border-left:4px solid transparent}
.log-row .at{flex:none;width:7.5em;text-align:right;font-variant-numeric:tabular-nums}
.log-row .node{flex:none;width:5em;overflow:hidden;text-overflow:ellipsis}
.log-row .level{flex:none;width:1em;font-weight:700}
.log-row .text{flex:1;min-width:0;overflow:hidden;text-overflow:ellipsis;unicode-bidi:isolate}
.log-row .raw,.log-row .at,.log-row.belongs .node{color:var(--dim)}
.log-row.level-fatal,.log-row.level-error{border-left-color:var(--bad)}
.log-row.level-warn{border-left-color:var(--info)}
.log-row.level-fatal .level,.log-row.level-error .level{color:var(--bad)}
.log-row.level-warn .level{color:var(--info)}
.log-row.level-debug .text{color:var(--dim)}
.log-row.near{background:color-mix(in srgb,var(--leader) 14%,transparent)}
.log-row:hover,.log-row.active{background:color-mix(in srgb,var(--fg) 9%,transparent)}
.log-row[aria-selected=true]{background:color-mix(in srgb,var(--leader) 30%,transparent)}
.log-row:is(.near,.active,:hover,[aria-selected=true]) :is(.at,.raw,.node,.text,.level){color:var(--fg)}
.log-row.unsure .at{font-style:italic}
.log-row.omission{color:var(--dim);font-style:italic;cursor:default;justify-content:center}
.log-row mark{background:#ffd54a;color:#1d2024}
.log-tools fieldset{border:0;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:8px;font-size:13px}
.log-tools legend{float:left;color:var(--dim);margin-right:8px}
.log-tools label{font-size:13px;white-space:nowrap}
.log-tools input[type=search]{font:inherit;font-size:13px;padding:4px 8px;min-width:16em}
.log-details pre{white-space:pre-wrap;overflow-wrap:anywhere;max-height:14em;unicode-bidi:isolate}
`

/** Of the space-time diagram. */
const SPACE_TIME = `
figure.space-time{margin:0}
svg.space-time{display:block;width:100%;touch-action:none;cursor:crosshair;font:12px system-ui,sans-serif}
svg.space-time:focus-visible{outline:2px solid var(--leader);outline-offset:2px}
.space-time text{fill:var(--dim);unicode-bidi:isolate}.space-time text.election,.space-time text.fault,.space-time text.time{paint-order:stroke;stroke:var(--card);stroke-width:4px;stroke-opacity:.8}
.space-time .name{fill:var(--fg);font-weight:600}
.space-time .fault{fill:var(--fg)}
.space-time .in-bar{fill:#fff;font-size:11px}
.space-time .lane{stroke:var(--fail);stroke-width:1.2}
.space-time .tick{stroke:var(--line)}
.space-time .band{fill-opacity:.06;stroke-opacity:.5}.space-time .force{fill-opacity:.09;stroke:none!important}
.space-time .without-effect{fill-opacity:0;stroke-dasharray:4 4}
.space-time .victim{fill-opacity:.16;stroke:none!important}
.space-time .gap{fill:var(--fail);fill-opacity:.35}
.space-time .bar{fill-opacity:.85}.space-time .bar.ok{fill:var(--ok)}.space-time .bar.info{fill:var(--info)}.space-time .bar.fail{fill:var(--fail)}
.space-time label{font-size:13px}
.space-time .message{fill:none;stroke:var(--leader);stroke-opacity:.75}.space-time .head{fill:var(--leader)}
.space-time .flow{stroke-opacity:.5}.space-time figcaption{color:var(--dim);font-size:13px}
.space-time .upkeep.message{stroke:var(--dim);stroke-dasharray:1 3}.space-time .upkeep.head{fill:var(--dim)}
.space-time .repeated.message{stroke:var(--info);stroke-dasharray:8 3}.space-time .repeated.head{fill:var(--info)}
.space-time .told.message,.space-time .unheard.message{stroke:var(--ok);stroke-dasharray:6 2}.space-time .told.head{fill:var(--ok)}.space-time .unheard.message{stroke-opacity:.5}
.space-time .lost.message{stroke:var(--bad);stroke-dasharray:4 3;stroke-opacity:1}.space-time .cross{fill:none;stroke:var(--bad);stroke-width:2}
.space-time .marked{fill:var(--fg);stroke:var(--fg);stroke-width:2.5}
.space-time path.election{fill:var(--leader);stroke:var(--bg)}.space-time text.election{fill:var(--leader);font-weight:600}
.space-time-told{min-height:3em;margin:4px 0;font:12.5px/1.5 ui-monospace,monospace;overflow-wrap:anywhere;unicode-bidi:isolate}
.space-time-summary{font-size:13px;margin:4px 0}
.space-time-key{display:flex;align-items:center;gap:4px}.space-time-key svg{margin-left:8px}
`

/** On paper nothing scrolls, and what can only be clicked is left out. */
const PRINT = `
@page{margin:12mm}
@media print{main{max-width:none;padding:0}.tools,#copy,#details:empty{display:none}
.timeline,tr,.step{break-inside:avoid}h2,h3,h4{break-after:avoid}.panel,.wide{overflow:visible}body{background:none;font-size:12px}table,pre,code,dl,.view{font-size:10px}pre{white-space:pre-wrap}}
`

export const PAGE_STYLE = `${COLOURS}${TEXT}${TIMELINE_STYLE}${BENCH}${VIEWS}${LOGS_STYLE}${SPACE_TIME}${PRINT}`
