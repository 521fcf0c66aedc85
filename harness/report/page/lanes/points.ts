/** What all lanes need: how a hit at a point or a bar is found among things that are in order of their start. */
import type { Hit } from '../../../../checkers/porcupine-ts/timeline/lane.ts'
import { visible } from '../../../support/visible.ts'

/** The last hit at a time, or within `slack` of it: what was drawn last is on top. */
export const hitAmong = (hits: readonly Hit[], time: number, slack: number): Hit | null =>
  hits.findLast(({ from, to }) => from - slack <= time && time <= to + slack) ?? null

/** The next hit that begins after (1) or before (-1) a time. */
export const nextAmong = (hits: readonly Hit[], time: number, direction: 1 | -1): Hit | null =>
  (direction === 1 ? hits.find(({ from }) => from > time) : hits.findLast(({ from }) => from < time)) ?? null

/** Text in a bar, if there is room for it. It may come from the cluster. */
export const paintLabel = (
  context: CanvasRenderingContext2D,
  text: string,
  { x, y, width, height }: { x: number; y: number; width: number; height: number },
  fill: string,
): void => {
  if (width < 24) return
  context.save()
  context.beginPath()
  context.rect(x, y, width - 3, height)
  context.clip()
  context.fillStyle = fill
  context.fillText(visible(text), Math.max(x, 0) + 4, y + height / 2)
  context.restore()
}
