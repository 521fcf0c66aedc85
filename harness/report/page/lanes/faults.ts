/** The lanes of faults: one for each nemesis. As planned: a line above; as measured: a bar, filled if it had an effect. */
import type { Hit, Lane, Painting } from '../../../../checkers/porcupine-ts/timeline/lane.ts'
import { visible } from '../../../support/visible.ts'
import type { PageFault } from '../../faults.ts'
import { shortTime } from '../times.ts'
import { hitAmong, nextAmong, paintLabel } from './points.ts'

const HEIGHT = 24
const PLAN_HEIGHT = 4

export const faultLaneId = (label: string): string => `fault ${label}`

const faultText = ({ id, kind, victims, summary, planned, effective, inForce }: PageFault): string => {
  const force =
    inForce === null
      ? 'never in force'
      : `in force from ${shortTime(inForce.startMs)} to ${shortTime(inForce.endMs)}`
  return `${id} (${kind}), ${force}\nvictims: ${victims.join(', ') || 'none'}\n${effective ? 'measured' : 'no effect'}: ${summary}\nplanned: ${planned}`
}

const hitOf = (fault: PageFault): Hit => ({
  address: `fault=${encodeURIComponent(fault.id)}`,
  text: faultText(fault),
  from: fault.inForce?.startMs ?? fault.plannedStartMs,
  to: fault.inForce?.endMs ?? fault.plannedEndMs,
})

class FaultLane implements Lane {
  readonly id: string
  readonly label: string
  readonly group = 'faults'
  readonly height = HEIGHT
  readonly #faults: readonly PageFault[]
  readonly #hits: readonly Hit[]

  constructor(label: string, faults: readonly PageFault[]) {
    this.id = faultLaneId(label)
    this.label = visible(label)
    const sorted = faults
      .map((fault) => ({ fault, hit: hitOf(fault) }))
      .sort((a, b) => a.hit.from - b.hit.from)
    this.#faults = sorted.map(({ fault }) => fault)
    this.#hits = sorted.map(({ hit }) => hit)
  }

  paint({ context, view, colour }: Painting, y: number): void {
    for (const fault of this.#faults) {
      const ink = colour(`fault-${fault.colour}`)
      // What is far outside is left out: a canvas is not exact there.
      const planned = Math.max(-2, view.x(fault.plannedStartMs))
      const plannedEnd = Math.min(view.width + 2, view.x(fault.plannedEndMs))
      context.fillStyle = ink
      if (planned <= view.width && plannedEnd >= 0)
        context.fillRect(planned, y + 1, Math.max(2, plannedEnd - planned), 1.5)
      if (fault.inForce === null) continue
      const x = Math.max(-2, view.x(fault.inForce.startMs))
      const width = Math.max(2, Math.min(view.width + 4, view.x(fault.inForce.endMs)) - x)
      if (x > view.width || x + width < 0) continue
      const box = { x, y: y + PLAN_HEIGHT, width, height: HEIGHT - PLAN_HEIGHT - 2 }
      if (fault.effective) context.fillRect(box.x, box.y, box.width, box.height)
      else this.#paintHollow(context, box, ink)
      const fill = fault.effective ? colour('on-fault') : colour('fg')
      paintLabel(context, `${fault.id} ${fault.victims.join(' ')}`, box, fill)
    }
  }

  #paintHollow(
    context: CanvasRenderingContext2D,
    { x, y, width, height }: { x: number; y: number; width: number; height: number },
    ink: string,
  ): void {
    context.strokeStyle = ink
    context.setLineDash([3, 3])
    context.strokeRect(x + 0.5, y + 0.5, Math.max(1, width - 1), height - 1)
    context.setLineDash([])
  }

  at(time: number, slack: number): Hit | null {
    return hitAmong(this.#hits, time, slack)
  }

  next(time: number, direction: 1 | -1): Hit | null {
    return nextAmong(this.#hits, time, direction)
  }
}

export const faultLanes = (faults: readonly PageFault[]): readonly Lane[] =>
  [...Map.groupBy(faults, ({ label }) => label)].map(([label, some]) => new FaultLane(label, some))

/** Effective faults as bands over everything. */
export const paintBands = (
  faults: readonly PageFault[],
  { context, view, visible, colour }: Painting,
): void => {
  context.save()
  context.globalAlpha = 0.07
  for (const { inForce, effective, colour: name } of faults) {
    if (inForce === null || !effective) continue
    const x = Math.max(0, view.x(inForce.startMs))
    const width = Math.min(view.width, view.x(inForce.endMs)) - x
    if (width <= 0) continue
    context.fillStyle = colour(`fault-${name}`)
    context.fillRect(x, visible.top, width, visible.height)
  }
  context.restore()
}
