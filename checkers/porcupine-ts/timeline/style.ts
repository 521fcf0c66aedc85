/**
 * The style of a timeline. It uses the page's colours: `bg`, `fg`, `dim` for quiet text, `line` for lines and `card` for its
 * ground.
 */
export const TIMELINE_STYLE = `
.timeline{background:var(--card);border:1px solid var(--line);border-radius:8px;overflow:hidden}
.timeline *{box-sizing:border-box}
.timeline canvas{display:block}
.timeline .axis{border-bottom:1px solid var(--line)}
.timeline .scroller{max-height:70vh;overflow-y:auto;overflow-x:hidden}
.timeline .spacer{position:relative}
.timeline .lanes{position:sticky;top:0;touch-action:none;cursor:grab}
.timeline .heads{position:absolute;top:0;left:0;width:150px}
.timeline .head,.timeline .group{position:absolute;left:0;width:150px;padding:0 6px;font-size:12px;overflow:hidden;text-overflow:ellipsis;white-space:nowrap}
.timeline .head{color:var(--dim);padding-left:18px;display:flex;align-items:center;cursor:ns-resize;touch-action:none;user-select:none}
.timeline .head.current{color:var(--fg);box-shadow:inset 3px 0 var(--fg)}
.timeline .head.dragged{background:var(--line);color:var(--fg)}
.timeline .told{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
.timeline .group{display:flex;width:320px;height:22px;align-items:center}
.timeline .group button{border:0;background:none;color:inherit;padding:0 4px;font:600 12px system-ui,sans-serif;cursor:pointer}
.timeline .tip{position:fixed;display:none;pointer-events:none;background:var(--fg);color:var(--bg);padding:6px 10px;border-radius:6px;font:12px/1.45 ui-monospace,monospace;max-width:560px;white-space:pre-wrap;overflow-wrap:anywhere;z-index:9}
`
