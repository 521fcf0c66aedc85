/** The page's style, with uPlot's own. */
import fs from 'node:fs/promises'
import { createRequire } from 'node:module'

/** The colours of faults, by the names of `FaultColour`, in light and dark mode. */
const FAULTS = `
:root{--fault-red:#b3363f;--fault-purple:#7d4bb0;--fault-teal:#14808a;--fault-pink:#b83f8c;--fault-brown:#8a5a2b}
@media (prefers-color-scheme:dark){:root{--fault-red:#c9545a;--fault-purple:#9a6fd0;--fault-teal:#2b98a2;--fault-pink:#cf5fa6;--fault-brown:#a87945}}
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
.space-time .lost.message{stroke:var(--bad);stroke-dasharray:4 3;stroke-opacity:1}.space-time .cross{fill:none;stroke:var(--bad);stroke-width:2}
.space-time .marked{fill:var(--fg);stroke:var(--fg);stroke-width:2.5}
.space-time path.election{fill:var(--leader);stroke:var(--bg)}.space-time text.election{fill:var(--leader);font-weight:600}
.space-time-told{min-height:3em;margin:4px 0;font:12.5px/1.5 ui-monospace,monospace;overflow-wrap:anywhere;unicode-bidi:isolate}
.space-time-summary{font-size:13px;margin:4px 0}
.space-time-key{display:flex;align-items:center;gap:4px}.space-time-key svg{margin-left:8px}
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

export const pageStyle = async (): Promise<string> => {
  const uplot = createRequire(import.meta.url).resolve('uplot/dist/uPlot.min.css')
  return `${await fs.readFile(uplot, 'utf8')}${FAULTS}${OWN}${SPACE_TIME}`
}
