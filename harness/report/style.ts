/** The page's style, with uPlot's own. */
import fs from 'node:fs/promises'
import { createRequire } from 'node:module'

/** The colours of faults, by the names of `FaultColour`, in light and dark mode. */
const FAULTS = `
:root{--fault-red:#b3363f;--fault-purple:#7d4bb0;--fault-teal:#14808a;--fault-pink:#b83f8c;--fault-brown:#8a5a2b}
@media (prefers-color-scheme:dark){:root{--fault-red:#c9545a;--fault-purple:#9a6fd0;--fault-teal:#2b98a2;--fault-pink:#cf5fa6;--fault-brown:#a87945}}
`

const OWN = `
:root{color-scheme:light dark;--bg:#fbfbfa;--fg:#1d2024;--dim:#6a7078;--line:#dfe1e4;--card:#fff;--ok:#2e8b57;--fail:#8a8f98;--info:#d08700;--bad:#c62f2f;--leader:#3b6fd4;--focus:#c62f2f}
@media (prefers-color-scheme:dark){:root{--bg:#16181b;--fg:#e6e7e9;--dim:#9aa0a8;--line:#33373d;--card:#1e2125;--ok:#4fb37c;--fail:#80868f;--info:#e0a030;--bad:#ef6461;--leader:#7aa2f0;--focus:#ef6461}}
*{box-sizing:border-box}
body{margin:0;background:var(--bg);color:var(--fg);font:15px/1.5 system-ui,sans-serif}
main{max-width:1280px;margin:0 auto;padding:24px}
header{border-left:8px solid var(--status);padding:2px 0 2px 18px;margin-bottom:20px}
header .status{font-size:30px;font-weight:700;color:var(--status);letter-spacing:.02em;text-transform:uppercase}
header .title{color:var(--dim);margin-left:12px;font-size:17px}
header p{font-size:18px;margin:6px 0 0;max-width:75em}
.valid{--status:var(--ok)}.invalid{--status:var(--bad)}.unknown{--status:var(--info)}
.counts{display:flex;flex-wrap:wrap;gap:10px;margin:0 0 20px}
.counts div{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:8px 14px}
.counts b{font-size:20px;display:block;font-variant-numeric:tabular-nums}
.counts span{color:var(--dim);font-size:13px}
h2{font-size:16px;margin:26px 0 8px}
.panel{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:10px;position:relative}
.tools{display:flex;gap:8px;align-items:center;margin-bottom:8px;flex-wrap:wrap}
.tools span{color:var(--dim);font-size:13px}
button{font:inherit;font-size:13px;padding:4px 12px;border:1px solid var(--line);border-radius:6px;background:var(--bg);color:var(--fg);cursor:pointer}
button.first{border-color:var(--focus);color:var(--focus)}
canvas{display:block}
#timeline{width:100%;cursor:crosshair;touch-action:none}
#tip{position:fixed;pointer-events:none;background:var(--fg);color:var(--bg);padding:6px 10px;border-radius:6px;font:12px/1.45 ui-monospace,monospace;max-width:560px;white-space:pre-wrap;display:none;z-index:9}
pre{overflow:auto;margin:0;padding:14px;font:12.5px/1.5 ui-monospace,monospace}
table{border-collapse:collapse;width:100%;font-size:14px}
td,th{text-align:left;padding:5px 14px 5px 0;border-top:1px solid var(--line);vertical-align:top}
td:first-child{white-space:nowrap}
td{overflow-wrap:break-word}
th{color:var(--dim);font-weight:500}
td.valid,td.invalid,td.unknown{color:var(--status);font-weight:600}
.no-effect{color:var(--dim)}
.key i{display:inline-block;width:11px;height:11px;border-radius:2px;margin:0 4px 0 10px;vertical-align:-1px}
.u-legend{font-size:12px}
details summary{cursor:pointer;color:var(--dim)}
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
.log-row.omission{color:var(--dim);font-style:italic;cursor:default;justify-content:center}
.log-row mark{background:#ffd54a;color:#1d2024}
.log-tools fieldset{border:0;margin:0;padding:0;display:flex;flex-wrap:wrap;gap:8px;font-size:13px}
.log-tools legend{float:left;color:var(--dim);margin-right:8px}
.log-tools label{font-size:13px;white-space:nowrap}
.log-tools input[type=search]{font:inherit;font-size:13px;padding:4px 8px;min-width:16em}
.log-details pre{white-space:pre-wrap;overflow-wrap:anywhere;max-height:14em;unicode-bidi:isolate}
`

export const pageStyle = async (): Promise<string> => {
  const uplot = createRequire(import.meta.url).resolve('uplot/dist/uPlot.min.css')
  return `${await fs.readFile(uplot, 'utf8')}${FAULTS}${OWN}${LOGS_STYLE}`
}
