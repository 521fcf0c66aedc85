/** The style of the page, light and dark. */
export const STYLE = `
:root { color-scheme: light dark; --bg: #fff; --card: #fff; --fg: #1c2530; --dim: #5a6672; --line: #e2e6eb; --bar: #cfdcec; --on-bar: #1c2530; --open: #e8e2d0;
  --window: #f4d58d; --blocked: #e5484d; --hovered: #7aa7e0; --path: #2b5fa8; --annotation: #f0c4c4; --shade: #f0c4c433; }
@media (prefers-color-scheme: dark) { :root { --bg: #14181d; --card: #14181d; --fg: #dfe6ee; --dim: #9aa7b5; --line: #2a323b; --bar: #34465c; --on-bar: #e8eef5;
  --open: #4a4534; --window: #7d6420; --blocked: #d13438; --hovered: #4f7fbb; --path: #8fbcff; --annotation: #7a3b3b;
  --shade: #7a3b3b33; } }
body { margin: 0; padding: 0 16px 24px; background: var(--bg); color: var(--fg); font: 14px system-ui, sans-serif; }
h1 { font-size: 18px; margin: 12px 0 4px; } h2 { font-size: 15px; margin: 16px 0 4px; }
#verdict { padding: 1px 8px; border-radius: 4px; color: #fff; background: #6b7280; }
#verdict.ok { background: #2f7d4f; } #verdict.illegal { background: #c0282d; }
#controls { display: flex; flex-wrap: wrap; gap: 12px; align-items: center; margin: 4px 0; }
pre { overflow-x: auto; font: 12px ui-monospace, monospace; } #details { min-height: 4em; margin: 6px 0; }
#attempts li { cursor: default; padding: 2px 0; } #attempts li:hover { background: #8882; }
`
