/** The mark of what is selected, whatever lane it is on. Operations have their own: see `clients.ts`. */
import type { Lane, Painting } from '../../../../checkers/porcupine-ts/timeline/lane.ts'
import type { Shown } from '../details/facts.ts'

const TRIANGLE = 5

/** @param lane on which it is, and its upper edge; null: it is on none that is shown */
export const paintSelected = (
  { context, view, visible, colour }: Painting,
  { span: { fromMs, toMs } }: Pick<Shown, 'span'>,
  lane: { readonly lane: Lane; readonly top: number } | null,
): void => {
  const x = view.x(fromMs)
  context.fillStyle = colour('focus')
  if (toMs === fromMs) context.fillRect(x - 0.5, visible.top, 1, visible.height)
  if (lane === null) return
  const { top } = lane
  context.fillStyle = colour('fg')
  context.strokeStyle = colour('fg')
  context.lineWidth = 2
  const left = Math.max(-TRIANGLE, x)
  const right = Math.min(view.width + TRIANGLE, view.x(toMs))
  if (right < left) return
  if (toMs > fromMs) context.strokeRect(left, top + 1, Math.max(4, right - left), lane.lane.height - 2)
  context.beginPath()
  context.moveTo(x - TRIANGLE, top)
  context.lineTo(x + TRIANGLE, top)
  context.lineTo(x, top + TRIANGLE + 1)
  context.fill()
}
