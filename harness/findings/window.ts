/** The failing window as a small SVG: the operations of the evidence as bars, and the faults in force above them. */
import type { RunRecord } from '../api/record.ts'
import type { RunVerdict } from '../api/verdict.ts'
import { formatTimeNs, NS_PER_MS } from '../support/time.ts'
import { xmlText } from '../support/xml.ts'
import { type Step, type Steps, stepsOf } from './steps.ts'

const WIDTH = 900
const LABELS = 190
const ROW = 22
const HEAD = 34
const FOOT = 24
const MARGIN = 12

/** A row: a fault, or an operation. */
interface Bar {
  readonly label: string
  readonly text: string
  readonly look: 'fault' | 'ok' | 'fail' | 'info' | 'unexplained' | 'shown'
  readonly from: number
  /** Null: it goes on beyond the window. */
  readonly to: number | null
}

/** Where a step stands on the axis: at its time, or in its place in the order if there are no times. */
type Place = (step: Step) => number

const isOperation = (step: Step): boolean => step.kind === 'invoke' || step.kind === 'complete'

const faultBars = (steps: readonly Step[], place: Place): readonly Bar[] =>
  steps.flatMap((step) => {
    if (step.kind !== 'fault-begins') return []
    const { fault, text } = step
    const end = steps.find((each) => each.kind === 'fault-ends' && each.fault === fault)
    return [
      { label: fault, text, look: 'fault', from: place(step), to: end === undefined ? null : place(end) },
    ]
  })

const operationBars = (steps: readonly Step[], place: Place): readonly Bar[] =>
  steps.flatMap((step): readonly Bar[] => {
    if (step.kind === 'shown') {
      const look = step.isRight === true ? 'ok' : 'shown'
      return [{ label: step.node ?? 'state', text: step.text, look, from: place(step), to: place(step) }]
    }
    if (step.kind !== 'invoke') return []
    const { operation } = step
    const end = steps.find((each) => each.kind === 'complete' && each.operation === operation)
    const [label = '', asked = ''] = step.text.split(/: (.*)/s)
    if (end?.kind !== 'complete') return [{ label, text: asked, look: 'info', from: place(step), to: null }]
    const look = end.isUnexplained === true ? 'unexplained' : end.outcome
    const text = end.text.split(/: (.*)/s)[1] ?? ''
    return [{ label, text, look, from: place(step), to: end.outcome === 'info' ? null : place(end) }]
  })

/** Shapes differ besides colours: a fault is hatched, an operation in doubt is dashed and open. */
const LOOKS: Readonly<Record<Bar['look'], string>> = {
  fault: 'fill="url(#hatch)" stroke="#b35900"',
  ok: 'fill="#cfe3f5" stroke="#0b5394"',
  fail: 'fill="#eeeeee" stroke="#777777"',
  info: 'fill="#ffffff" stroke="#555555" stroke-dasharray="4 3"',
  unexplained: 'fill="#f8d0d0" stroke="#a00000" stroke-width="2"',
  shown: 'fill="#a00000" stroke="#a00000"',
}

/** The width of a character of a sans-serif font of 12 pixels, as an upper estimate. */
const CHARACTER = 7
const MOST_LABEL = 26
const MOST_TEXT = 98
/** How much is shown around what happened at one time. */
const AROUND_NS = 500 * NS_PER_MS

/** The whole text is told where the pointer rests. */
const short = (text: string, most: number): string =>
  text.length <= most ? text : `${text.slice(0, most - 3)}...`

interface Axis {
  readonly from: number
  readonly to: number
}

const drawBar = ({ label, text, look, from, to }: Bar, row: number, axis: Axis): string => {
  const scale = (WIDTH - LABELS - MARGIN) / (axis.to - axis.from)
  const x = (at: number): number => LABELS + (Math.min(Math.max(at, axis.from), axis.to) - axis.from) * scale
  const [left, right] = [x(from), x(to ?? axis.to)]
  const y = HEAD + row * ROW
  const told = short(text, MOST_TEXT)
  // What would leave the picture ends at its edge.
  const isRight = left + told.length * CHARACTER > WIDTH - MARGIN
  return [
    `<text x="${LABELS - 8}" y="${y + 13}" text-anchor="end">${xmlText(short(label, MOST_LABEL))}</text>`,
    `<rect x="${left.toFixed(1)}" y="${y}" width="${Math.max(2, right - left).toFixed(1)}" height="${ROW - 4}" ${LOOKS[look]}><title>${xmlText(text)}</title></rect>`,
    `<text x="${(isRight ? WIDTH - MARGIN - 4 : left + 4).toFixed(1)}" y="${y + 13}"${isRight ? ' text-anchor="end"' : ''} stroke="#ffffff" stroke-width="3" paint-order="stroke">${xmlText(told)}</text>`,
  ].join('\n')
}

const draw = ({ steps, title, isTimed }: Steps): string => {
  const place: Place = (step) => (isTimed ? step.timeNs : steps.indexOf(step))
  const bars = [...faultBars(steps, place), ...operationBars(steps, place)]
  const places = steps.filter((step) => isOperation(step) || step.kind === 'shown').map(place)
  const [first, last] = [Math.min(...places), Math.max(...places)]
  const isMoment = isTimed && first === last
  const margin = (last - first || 1) * 0.05
  const axis = isMoment
    ? { from: Math.max(0, first - AROUND_NS), to: last + AROUND_NS }
    : { from: first - margin, to: last + margin }
  const height = HEAD + bars.length * ROW + FOOT
  const ends = isMoment ? [axis.from, axis.to] : [first, last]
  const [left, right] = isTimed ? ends.map(formatTimeNs) : ['earlier', 'later']
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${height}" viewBox="0 0 ${WIDTH} ${height}" font-family="sans-serif" font-size="12" role="img">
<title>${xmlText(short(title, MOST_TEXT))}</title>
<defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect width="6" height="6" fill="#fff4e5"/><line x1="0" y1="0" x2="0" y2="6" stroke="#f0b060" stroke-width="2"/></pattern></defs>
<rect width="${WIDTH}" height="${height}" fill="#ffffff"/>
<text x="${MARGIN}" y="20" font-weight="bold">${xmlText(short(title, MOST_TEXT))}</text>
${bars.map((bar, row) => drawBar(bar, row, axis)).join('\n')}
<text x="${LABELS}" y="${height - 8}">${left}</text>
<text x="${WIDTH - MARGIN}" y="${height - 8}" text-anchor="end">${right}</text>
</svg>
`
}

/** The picture as an SVG document. Null: no promise was broken, or nothing of it has a place in time. */
export const windowPicture = (record: RunRecord, verdict: RunVerdict): string | null => {
  const found = stepsOf(record, verdict)
  return found === null ? null : draw(found)
}
