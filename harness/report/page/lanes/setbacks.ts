/** Marks on the lane of a node where a term or an index of it goes back. */
import type { Hit, Painting } from '../../../../checkers/porcupine-ts/timeline/lane.ts'
import type { PageSetback } from '../../setbacks.ts'
import { isDurable, setbackText } from '../setbacks.ts'
import { shortTime } from '../times.ts'

const SIZE = 7
const LABEL_HEIGHT = 13
const PADDING = 3

export const setbackHit = (setback: PageSetback): Hit => ({
  address: `at=${setback.atMs}`,
  text: `${setback.node} went back: ${setbackText(setback)}\nseen at ${shortTime(setback.atMs)}, ${setback.from} at ${shortTime(setback.beforeMs)}${setback.isAfterSilence ? '; it did not answer in between' : ''}`,
  from: setback.atMs,
  to: setback.atMs,
})

/** Those of one sample share a mark. What must never go back is named first. */
const labelOf = (together: readonly PageSetback[]): string => {
  const sorted = together.toSorted((a, b) => Number(isDurable(b)) - Number(isDurable(a)))
  const more = together.length - 1
  return `${setbackText(sorted[0] as PageSetback)}${more === 0 ? '' : ` +${more}`}`.slice(2)
}

/** A triangle that points back, and what went back where there is room until the next one. @param top of the lane */
export const paintSetbacks = (
  { context, view, colour }: Painting,
  all: readonly PageSetback[],
  top: number,
): void => {
  const groups = [...Map.groupBy(all, ({ atMs }) => atMs)]
  for (const [i, [atMs, together]] of groups.entries()) {
    const x = view.x(atMs)
    if (x < -200 || x > view.width + SIZE) continue
    const middle = top + LABEL_HEIGHT / 2
    context.fillStyle = colour('card')
    context.beginPath()
    context.moveTo(x - SIZE - 2, middle)
    context.lineTo(x + 2, middle - SIZE)
    context.lineTo(x + 2, middle + SIZE)
    context.fill()
    context.fillStyle = colour('fg')
    context.beginPath()
    context.moveTo(x - SIZE, middle)
    context.lineTo(x + 1, middle - SIZE + 1)
    context.lineTo(x + 1, middle + SIZE - 1)
    context.fill()
    const text = labelOf(together)
    const width = context.measureText(text).width + 2 * PADDING
    const next = groups[i + 1]?.[0]
    if (next !== undefined && view.x(next) - x < width + SIZE + 4) continue
    context.fillStyle = colour('card')
    // At the right edge there is room only before it.
    const left = x + 2 + width > view.width ? x - SIZE - 2 - width : x + 2
    context.fillRect(left, top, width, LABEL_HEIGHT)
    context.fillStyle = colour('fg')
    context.fillText(text, left + PADDING, middle)
  }
}
