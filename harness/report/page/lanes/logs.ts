/** The lanes of logs: when each node wrote a line. Errors are full marks, warnings lower ones, other lines the lowest. */
import type { Hit, Lane, Painting } from '../../../../checkers/porcupine-ts/timeline/lane.ts'
import { Spans } from '../../../../checkers/porcupine-ts/timeline/spans.ts'
import { byName } from '../../../support/names.ts'
import { visible } from '../../../support/visible.ts'
import type { Level } from '../../logs/levels.ts'
import type { ShownLine } from '../../logs/page-log.ts'
import { numbered } from '../address.ts'

const HEIGHT = 16
const MAX_TEXT = 300

/** What is drawn on top comes last. */
const KINDS = [
  { ink: 'fail', height: 4 },
  { ink: 'info', height: 8 },
  { ink: 'bad', height: HEIGHT - 4 },
] as const

const kindOf = (level: Level): number =>
  level === 'fatal' || level === 'error' ? 2 : level === 'warn' ? 1 : 0

export const logLaneId = (node: string): string => `log ${node}`

class LogLane implements Lane {
  readonly id: string
  readonly label: string
  readonly group = 'logs'
  readonly height = HEIGHT
  readonly #lines: readonly ShownLine[]
  readonly #spans: Spans

  /** @param lines in order of time; each has one */
  constructor(node: string, lines: readonly ShownLine[]) {
    this.id = logLaneId(node)
    this.label = visible(node)
    this.#lines = lines
    const times = Float64Array.from(lines, ({ placeMs }) => placeMs as number)
    this.#spans = new Spans(
      times,
      times,
      Uint8Array.from(lines, ({ level }) => kindOf(level)),
      KINDS.length,
    )
  }

  paint({ context, view, colour }: Painting, y: number): void {
    const mark = (x: number, kind: number): void => {
      const { ink, height } = KINDS[kind] as (typeof KINDS)[number]
      context.fillStyle = colour(ink)
      context.fillRect(x, y + HEIGHT - 2 - height, 2, height)
    }
    this.#spans.paint(view, {
      single: (i, x) => mark(x, kindOf((this.#lines[i] as ShownLine).level)),
      dense: (x, _width, counts) => {
        for (const [kind, count] of counts.entries()) if (count > 0) mark(x, kind)
      },
    })
  }

  #hit(i: number): Hit {
    const { node, number, text, placeMs } = this.#lines[i] as ShownLine
    const ms = placeMs as number
    return {
      address: `line=${encodeURIComponent(numbered(node, number))}`,
      text: `${node}, line ${number}\n${text.slice(0, MAX_TEXT)}`,
      from: ms,
      to: ms,
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

/** Lines without a time are only in the list of lines. */
export const logLanes = (lines: readonly ShownLine[]): readonly Lane[] => {
  const timed = lines.filter(({ placeMs }) => placeMs !== null)
  const byNode = [...Map.groupBy(timed, ({ node }) => node)].sort(([a], [b]) => byName(a, b))
  return byNode.map(([node, own]) => new LogLane(node, own))
}
