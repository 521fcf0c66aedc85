/** The page's style, light and dark. */
import { TIMELINE_STYLE } from '../../checkers/porcupine-ts/timeline/style.ts'

/** Colours by name: of outcomes, roles and statuses, and those of faults by the names of `FaultColour`. */
const COLOURS = `
:root{color-scheme:light dark;--bg:#fbfbfa;--fg:#1d2024;--dim:#5d636b;--line:#dfe1e4;--card:#fff;
--ok:#1f7346;--fail:#7b818a;--info:#b06f00;--bad:#c62f2f;--leader:#2f62c6;--candidate:#b06f00;--follower:#e4e8ee;
--clock:#7d4bb0;--focus:#d0212b;--on-bar:#fff;--on-fault:#fff;--link:#2456b8;
--fault-red:#b3363f;--fault-purple:#7d4bb0;--fault-teal:#127680;--fault-pink:#b0388a;--fault-brown:#85552a}
@media (prefers-color-scheme:dark){:root{--bg:#16181b;--fg:#e6e7e9;--dim:#a3a9b1;--line:#33373d;--card:#1e2125;
--ok:#3f9c69;--fail:#868c95;--info:#e0a030;--bad:#ef6461;--leader:#7aa2f0;--candidate:#e0a030;--follower:#2a3038;
--clock:#b08be0;--focus:#ff6b66;--on-bar:#08110c;--on-fault:#101214;--link:#8fb4ff;
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
#filter{min-width:min(420px,100%)}
#shown{color:var(--dim);font-size:13px}
.legend{display:flex;flex-wrap:wrap;gap:4px 14px;margin:0 0 6px;font-size:12.5px;color:var(--dim)}
.swatch::before{content:"";display:inline-block;width:14px;height:11px;margin-right:5px;vertical-align:-1px;background:var(--swatch)}
.swatch.low::before{height:5px;vertical-align:0}
.swatch.open::before{background:none;border:1.5px solid var(--swatch);border-left-width:3px;border-right:0}
.swatch.frame::before{background:none;border:2px solid var(--swatch)}
.swatch.none::before{display:none}
.swatch.ok{--swatch:var(--ok)}.swatch.fail{--swatch:var(--fail)}.swatch.info{--swatch:var(--info)}
.swatch.leader{--swatch:var(--leader)}.swatch.candidate{--swatch:var(--candidate)}.swatch.follower{--swatch:var(--follower)}
.swatch.bad{--swatch:var(--bad)}.swatch.clock{--swatch:var(--clock)}.swatch.focus{--swatch:var(--focus)}
#details{background:var(--card);border:1px solid var(--line);border-radius:8px;padding:4px 14px 12px;margin-top:10px}
#details:empty{display:none}
`

/** On paper nothing scrolls, and what can only be clicked is left out. */
const PRINT = `
@media print{main{max-width:none;padding:0}.tools,#details:empty{display:none}.timeline .scroller{max-height:none}
.panel,.timeline,.wide{break-inside:avoid;overflow:visible}pre{white-space:pre-wrap}}
`

export const PAGE_STYLE = `${COLOURS}${TEXT}${TIMELINE_STYLE}${BENCH}${PRINT}`
