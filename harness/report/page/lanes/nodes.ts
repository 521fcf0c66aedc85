/** The lanes of nodes: role and term, no answer, what its clock says, and processes that ended by themselves. */
import type { Hit, Lane, Painting } from '../../../../checkers/porcupine-ts/timeline/lane.ts'
import type { ReportData } from '../../data.ts'
import type { PageClock, PageRole } from '../../nodes.ts'
import { hitAmong, nextAmong, paintLabel } from './points.ts'

const HEIGHT = 30
const CLOCK_HEIGHT = 8

/** Names of colours. A follower has the quietest: it is the usual state. */
const FILLS: Readonly<Record<PageRole['role'], string>> = {
  leader: 'leader',
  candidate: 'candidate',
  follower: 'follower',
  learner: 'follower',
  unknown: 'follower',
  down: 'bad',
}

/** Each role has a sign besides its colour. */
const SIGNS: Readonly<Record<PageRole['role'], string>> = {
  leader: '\u2605 leader',
  candidate: '? candidate',
  follower: 'follower',
  learner: 'learner',
  unknown: 'role not told',
  down: '\u2715 no answer',
}

interface ClockSpan extends PageClock {
  readonly endMs: number
}

const secondsOf = (ms: number): string =>
  `${ms > 0 ? '+' : ''}${(ms / 1000).toFixed(ms % 1000 === 0 ? 0 : 2)} s`

const roleHit = ({ node, role, term, leader, startMs, endMs }: PageRole): Hit => {
  const follows = leader === null || leader === node ? '' : `, says that ${leader} leads`
  const what = `${node}: ${SIGNS[role]}${term === null ? '' : ` in term ${term}`}${follows}`
  return {
    address: `at=${startMs}`,
    text: `${what}\nfrom ${(startMs / 1000).toFixed(3)} s to ${(endMs / 1000).toFixed(3)} s`,
    from: startMs,
    to: endMs,
  }
}

const clockHit = ({ node, offsetMs, atMs, endMs }: ClockSpan): Hit => ({
  address: `at=${atMs}`,
  text: `${node}: its clock is ${secondsOf(offsetMs)} off\nfrom ${(atMs / 1000).toFixed(3)} s to ${(endMs / 1000).toFixed(3)} s`,
  from: atMs,
  to: endMs,
})

class NodeLane implements Lane {
  readonly id: string
  readonly label: string
  readonly group = 'nodes'
  readonly height = HEIGHT
  readonly #roles: readonly PageRole[]
  readonly #clocks: readonly ClockSpan[]
  readonly #endings: readonly Hit[]
  readonly #roleHits: readonly Hit[]
  readonly #clockHits: readonly Hit[]

  constructor(node: string, { roles, clocks, endings, endMs }: ReportData) {
    this.id = `node ${node}`
    this.label = node
    this.#roles = roles.filter((role) => role.node === node)
    const own = clocks.filter((clock) => clock.node === node)
    this.#clocks = own
      .map((clock, i) => ({ ...clock, endMs: own[i + 1]?.atMs ?? endMs }))
      .filter(({ offsetMs }) => offsetMs !== 0)
    this.#endings = endings
      .filter((ending) => ending.node === node)
      .map(({ process, exit, timeNs, lastWords }) => ({
        address: `at=${timeNs / 1e6}`,
        text: `${process} of ${node} ended by itself (${exit}) at ${(timeNs / 1e9).toFixed(3)} s\n${lastWords}`,
        from: timeNs / 1e6,
        to: timeNs / 1e6,
      }))
    this.#roleHits = this.#roles.map(roleHit)
    this.#clockHits = this.#clocks.map(clockHit)
  }

  paint(painting: Painting, y: number): void {
    const { context, view, colour } = painting
    for (const role of this.#roles) {
      const x = Math.max(-2, view.x(role.startMs))
      const width = Math.min(view.width + 2, view.x(role.endMs)) - x
      if (x > view.width || width <= 0) continue
      const box = { x, y: y + 2, width: Math.max(1, width - 0.5), height: HEIGHT - CLOCK_HEIGHT - 4 }
      context.fillStyle = colour(FILLS[role.role])
      context.fillRect(box.x, box.y, box.width, box.height)
      const term = role.term === null ? '' : ` ${role.term}`
      paintLabel(
        context,
        `${SIGNS[role.role]}${term}`,
        box,
        colour(role.role === 'follower' || role.role === 'unknown' ? 'dim' : 'on-fault'),
      )
    }
    this.#paintClocks(painting, y + HEIGHT - CLOCK_HEIGHT - 1)
    for (const { from } of this.#endings) {
      context.fillStyle = colour('bad')
      context.font = 'bold 16px system-ui, sans-serif'
      context.fillText('\u2716', view.x(from) - 6, y + HEIGHT / 2)
      context.font = '11px system-ui, sans-serif'
    }
  }

  #paintClocks({ context, view, colour }: Painting, y: number): void {
    for (const { atMs, endMs, offsetMs } of this.#clocks) {
      const x = Math.max(-2, view.x(atMs))
      const width = Math.max(2, Math.min(view.width + 2, view.x(endMs)) - x)
      if (x > view.width || x + width < 0) continue
      context.fillStyle = colour('clock')
      context.fillRect(x, y, width, CLOCK_HEIGHT - 1)
      context.font = '8px system-ui, sans-serif'
      paintLabel(
        context,
        `clock ${secondsOf(offsetMs)}`,
        { x, y, width, height: CLOCK_HEIGHT },
        colour('on-fault'),
      )
      context.font = '11px system-ui, sans-serif'
    }
  }

  at(time: number, slack: number, y: number): Hit | null {
    const ending = hitAmong(this.#endings, time, 2 * slack)
    if (ending !== null) return ending
    if (y > HEIGHT - CLOCK_HEIGHT - 2) {
      const clock = hitAmong(this.#clockHits, time, slack)
      if (clock !== null) return clock
    }
    return hitAmong(this.#roleHits, time, 0)
  }

  next(time: number, direction: 1 | -1): Hit | null {
    const all = [...this.#roleHits, ...this.#clockHits, ...this.#endings].sort((a, b) => a.from - b.from)
    return nextAmong(all, time, direction)
  }
}

export const nodeLanes = (data: ReportData): readonly Lane[] => {
  const ended = data.endings.map(({ node }) => node)
  const nodes = [...new Set([...data.nodes, ...ended])].sort()
  return nodes.map((node) => new NodeLane(node, data))
}
