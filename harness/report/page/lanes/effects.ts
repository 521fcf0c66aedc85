/**
 * The lanes of the outside world: what each service saw. Done: a full mark; refused: a low one; what is no effect, such as
 * the start of the service: a line in the middle.
 */
import type { Hit, Lane, Painting } from '../../../../checkers/porcupine-ts/timeline/lane.ts'
import { Spans } from '../../../../checkers/porcupine-ts/timeline/spans.ts'
import { visible } from '../../../support/visible.ts'
import type { PageEffect } from '../../effects.ts'
import { numbered } from '../address.ts'
import { shortTime } from '../times.ts'

const HEIGHT = 18

const KINDS = ['done', 'refused', 'other'] as const

const kindOf = ({ number, outcome }: PageEffect): number =>
  KINDS.indexOf(outcome !== 'done' ? 'refused' : number === null ? 'other' : 'done')

export const effectLaneId = (service: string): string => `effects ${service}`

class EffectLane implements Lane {
  readonly id: string
  readonly label: string
  readonly group = 'outside effects'
  readonly height = HEIGHT
  readonly #effects: readonly PageEffect[]
  readonly #spans: Spans

  constructor(service: string, effects: readonly PageEffect[]) {
    this.id = effectLaneId(service)
    this.label = visible(service)
    this.#effects = effects
    const times = Float64Array.from(effects, ({ atMs }) => atMs)
    this.#spans = new Spans(times, times, Uint8Array.from(effects, kindOf), KINDS.length)
  }

  paint({ context, view, colour }: Painting, y: number): void {
    const rect = (ink: string, x: number, top: number, height: number): void => {
      context.fillStyle = colour(ink)
      context.fillRect(x, y + top, this.#spans.column, height)
    }
    const mark = (x: number, [done = 0, refused = 0, other = 0]: readonly number[]): void => {
      if (done > 0) rect('effect', x, 2, HEIGHT - 5)
      if (refused > 0) rect('fail', x, HEIGHT - 8, 5)
      if (other > 0) rect('dim', x, HEIGHT / 2 - 2, 3)
    }
    this.#spans.paint(view, {
      single: (i, x) =>
        mark(
          x,
          KINDS.map((_, kind) => (kindOf(this.#effects[i] as PageEffect) === kind ? 1 : 0)),
        ),
      dense: (x, _, counts) => mark(x, counts),
    })
  }

  #hit(i: number): Hit {
    const { service, number, atMs, outcome, text } = this.#effects[i] as PageEffect
    const name = number === null ? service : `${service} #${number}`
    return {
      address: number === null ? `at=${atMs}` : `effect=${encodeURIComponent(numbered(service, number))}`,
      text: `${name} at ${shortTime(atMs)}${number === null ? '' : `: ${outcome}`}\n${text}`,
      from: atMs,
      to: atMs,
    }
  }

  at(time: number, slack: number): Hit | null {
    const i = this.#spans.at(time, slack)
    return i === null ? null : this.#hit(i)
  }

  next(time: number, direction: 1 | -1): Hit | null {
    const i = this.#spans.next(time, direction)
    return i === null ? null : this.#hit(i)
  }
}

export const effectLanes = (effects: readonly PageEffect[]): readonly Lane[] =>
  [...Map.groupBy(effects, ({ service }) => service)].map(([service, some]) => new EffectLane(service, some))
