/**
 * A history and its result as one self-contained HTML page: it contains data, style and script, and fetches nothing.
 * A reader can go to the first error, see under the pointer the order in which operations can take effect and where that
 * order ends, and see faults and logs on the same axis.
 */
import type { AnyModel, Illegal, Limits, Operation, Result } from '../../model.ts'
import { Axis } from '../../timeline/axis.ts'
import { Gestures } from '../../timeline/gestures.ts'
import { Heads } from '../../timeline/heads.ts'
import { LaneOrder } from '../../timeline/order.ts'
import { Spans } from '../../timeline/spans.ts'
import { TIMELINE_STYLE } from '../../timeline/style.ts'
import { Timeline } from '../../timeline/timeline.ts'
import { View } from '../../timeline/view.ts'
import { type Explanation, explain } from '../explain.ts'
import { linearize } from '../linearize.ts'
import { AnnotationLane } from './annotation-lane.ts'
import { Chart } from './chart.ts'
import { type Annotation, type PageData, pageData } from './data.ts'
import { OperationLane } from './operation-lane.ts'
import { STYLE } from './style.ts'
import { Viewer } from './viewer.ts'

export interface PageOptions {
  readonly title?: string
  readonly annotations?: readonly Annotation[]
  /** How many units of time are one shown unit, and the name of that. Nanoseconds shown as seconds: 1e9, ' s'. */
  readonly unit?: PageData['unit']
  /** Time limit of the explanation and the orders; after it the page shows less. Default: 5 s. */
  readonly limits?: Limits
}

const MAX_BYTES = 5_000_000
const DEFAULT_LIMITS: Limits = { timeMs: 5000, memoryBytes: 2 ** 28 }

const compress = async (text: string): Promise<string> => {
  const stream = new Blob([text]).stream().pipeThrough(new CompressionStream('gzip'))
  const bytes = new Uint8Array(await new Response(stream).arrayBuffer())
  let binary = ''
  for (let at = 0; at < bytes.length; at += 8192)
    binary += String.fromCharCode(...bytes.subarray(at, at + 8192))
  return btoa(binary)
}

const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

const SCRIPT = `
${[View, Axis, Spans, LaneOrder, Heads, Gestures, Timeline, Chart, OperationLane, AnnotationLane, Viewer].map(String).join('\n')}
const packed = Uint8Array.from(atob(document.querySelector('#data').textContent), (c) => c.charCodeAt(0))
const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'))
new Response(stream).json().then((data) => {
  new Viewer(new Chart(data), { View, Axis, Spans, LaneOrder, Heads, Gestures, Timeline, OperationLane, AnnotationLane })
})
`

const write = async (data: PageData): Promise<string> => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(`${data.verdict}: ${data.title}`)}</title>
<style>${STYLE}${TIMELINE_STYLE}</style>
</head>
<body>
<header>
<h1><span id="verdict" class="${data.verdict}">${data.verdict}</span> ${escapeHtml(data.title)}</h1>
<p id="summary">${escapeHtml(data.summary)}</p>
<p id="controls">
<button id="jump">go to the error (e)</button>
<button id="whole">show all (a)</button>
<label>partition <select id="partition"></select></label>
<span id="count"></span>
<small>Drag to move, wheel to zoom (with ctrl where lines scroll), point at an operation to see its place in the order; drag the name of a lane to move it. Keys: arrows, plus, minus, comma, full stop; alt with arrow up or down moves the lane.</small>
</p>
</header>
<div id="timeline"></div>
<pre id="details"></pre>
<section${data.attempts.length === 0 ? ' hidden' : ''}><h2>How far one gets</h2><ol id="attempts"></ol></section>
<section${data.text === '' ? ' hidden' : ''}><h2>The failing window</h2><pre id="diagram">${escapeHtml(data.text)}</pre></section>
<script type="application/octet-stream" id="data">${await compress(JSON.stringify(data))}</script>
<script>${SCRIPT}</script>
</body>
</html>
`

/**
 * The page of a checked history, below 5 MB. If there is not room for all operations, those nearest to the failure are
 * kept, and the page says so.
 *
 * @throws MalformedHistoryError naming the operation, if the input is not a valid history.
 */
export const drawPage = async <S, I, O>(
  model: AnyModel<S, I, O>,
  operations: readonly Operation<I, O>[],
  result: Result | Illegal,
  options: PageOptions = {},
): Promise<string> => {
  const { title = model.name, annotations = [], unit = { size: 1, name: '' } } = options
  const limits = { ...DEFAULT_LIMITS, ...options.limits }
  const explanation: Explanation | null =
    result.verdict === 'illegal' ? explain(model, operations, result, limits) : null
  const orders = linearize(model, operations, result, limits)
  const input = { model, operations, result, explanation, orders, title, annotations, unit }
  for (let most = operations.length; ; most >>= 1) {
    const page = await write(pageData(input, most))
    if (page.length <= MAX_BYTES || most === 0) return page
  }
}
