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

export const pageStyle = async (): Promise<string> => {
  const uplot = createRequire(import.meta.url).resolve('uplot/dist/uPlot.min.css')
  return `${await fs.readFile(uplot, 'utf8')}${FAULTS}${OWN}${VIEWS}`
}
