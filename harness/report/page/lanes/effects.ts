/** The lanes of the outside world: what each service saw. Done: a full mark; refused: a low one. */
import type { Hit, Lane, Painting } from '../../../../checkers/porcupine-ts/timeline/lane.ts'
import { Spans } from '../../../../checkers/porcupine-ts/timeline/spans.ts'
import type { PageEffect } from '../../effects.ts'

const HEIGHT = 18

class EffectLane implements Lane {
  readonly id: string
  readonly label: string
  readonly group = 'outside effects'
  readonly height = HEIGHT
  readonly #effects: readonly PageEffect[]
  readonly #spans: Spans

  constructor(service: string, effects: readonly PageEffect[]) {
    this.id = `effects ${service}`
    this.label = service
    this.#effects = effects
    const times = Float64Array.from(effects, ({ atMs }) => atMs)
    const kinds = Uint8Array.from(effects, ({ outcome }) => (outcome === 'done' ? 0 : 1))
    this.#spans = new Spans(times, times, kinds, 2)
  }

  paint({ context, view, colour }: Painting, y: number): void {
    const mark = (x: number, width: number, done: number, refused: number): void => {
      if (done > 0) {
        context.fillStyle = colour('leader')
        context.fillRect(x, y + 2, Math.max(2, width), HEIGHT - 5)
      }
      if (refused > 0) {
        context.fillStyle = colour('fail')
        context.fillRect(x, y + HEIGHT - 8, Math.max(2, width), 5)
      }
    }
    this.#spans.paint(view, {
      single: (i, x) => mark(x, 2, this.#isDone(i) ? 1 : 0, this.#isDone(i) ? 0 : 1),
      dense: (x, width, [done = 0, refused = 0]) => mark(x, width, done, refused),
    })
  }

  #isDone(i: number): boolean {
    return this.#effects[i]?.outcome === 'done'
  }

  #hit(i: number): Hit {
    const { service, atMs, outcome, text } = this.#effects[i] as PageEffect
    return {
      address: `at=${atMs}`,
      text: `${service} at ${(atMs / 1000).toFixed(3)} s: ${outcome}\n${text}`,
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
