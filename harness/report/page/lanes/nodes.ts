/**
 * The lanes of nodes: role and term, no answer, each sample from near, what its clock says, and processes that ended by
 * themselves.
 */
import type { Hit, Lane, Painting } from '../../../../checkers/porcupine-ts/timeline/lane.ts'
import { inNameOrder } from '../../../support/names.ts'
import { visible } from '../../../support/visible.ts'
import type { ReportData } from '../../data.ts'
import type { PageClock, PageRole } from '../../nodes.ts'
import type { PageSetback } from '../../setbacks.ts'
import { numbered } from '../address.ts'
import { type NodeSamples, type ShownSample, stateText } from '../samples.ts'
import { offsetText, shortTime } from '../times.ts'
import { hitAmong, nextAmong, paintLabel } from './points.ts'
import { paintSetbacks, setbackHit } from './setbacks.ts'

const HEIGHT = 30
const CLOCK_HEIGHT = 8
const TICK_HEIGHT = 4
/** Samples are marked where so many pixels are between them. */
const TICK_ROOM = 6

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

export const nodeLaneId = (node: string): string => `node ${node}`

const roleText = ({ node, role, term, leader, startMs, endMs }: PageRole): string => {
  const follows = leader === null || leader === node ? '' : `, says that ${leader} leads`
  const what = `${node}: ${SIGNS[role]}${term === null ? '' : ` in term ${term}`}${follows}`
  return `${what}\nfrom ${shortTime(startMs)} to ${shortTime(endMs)}`
}

const clockText = ({ node, offsetMs, atMs, endMs }: ClockSpan): string =>
  `${node}: its clock is ${offsetText(offsetMs)} off\nfrom ${shortTime(atMs)} to ${shortTime(endMs)}`

const sampleAddress = ({ node, number }: ShownSample): string =>
  `sample=${encodeURIComponent(numbered(node, number))}`

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
  readonly #setbacks: readonly PageSetback[]
  readonly #setbackHits: readonly Hit[]
  /** All of these, in order of time: where something changed. */
  readonly #changes: readonly Hit[]
  /** Null: the node was never sampled. */
  readonly #samples: NodeSamples | null

  constructor(
    node: string,
    { roles, clocks, endings, setbacks, endMs }: ReportData,
    samples: NodeSamples | null,
  ) {
    this.id = nodeLaneId(node)
    this.label = visible(node)
    this.#samples = samples
    this.#roles = roles.filter((role) => role.node === node)
    const own = clocks.filter((clock) => clock.node === node)
    this.#clocks = own
      .map((clock, i) => ({ ...clock, endMs: own[i + 1]?.atMs ?? endMs }))
      .filter(({ offsetMs }) => offsetMs !== 0)
    this.#endings = endings
      .filter((ending) => ending.node === node)
      .map(({ process, exit, timeNs, lastWords }) => ({
        address: `at=${timeNs / 1e6}`,
        text: `${process} of ${node} ended by itself (${exit}) at ${shortTime(timeNs / 1e6)}\n${lastWords}`,
        from: timeNs / 1e6,
        to: timeNs / 1e6,
      }))
    const change = (from: number, to: number, text: string): Hit => {
      const sample = samples?.by(from) ?? null
      return { address: sample === null ? `at=${from}` : sampleAddress(sample), text, from, to }
    }
    this.#roleHits = this.#roles.map((role) => change(role.startMs, role.endMs, roleText(role)))
    this.#clockHits = this.#clocks.map((clock) => change(clock.atMs, clock.endMs, clockText(clock)))
    this.#setbacks = setbacks.filter((setback) => setback.node === node)
    this.#setbackHits = this.#setbacks.map(setbackHit)
    const all = [...this.#roleHits, ...this.#clockHits, ...this.#endings, ...this.#setbackHits]
    this.#changes = all.sort((a, b) => a.from - b.from)
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
        colour(FILLS[role.role] === 'follower' ? 'dim' : 'on-fault'),
      )
    }
    this.#paintSamples(painting, y + HEIGHT - CLOCK_HEIGHT - 2)
    this.#paintClocks(painting, y + HEIGHT - CLOCK_HEIGHT - 1)
    paintSetbacks(painting, this.#setbacks, y + 1)
    for (const { from } of this.#endings) {
      context.fillStyle = colour('bad')
      context.font = 'bold 16px system-ui, sans-serif'
      context.fillText('\u2716', view.x(from) - 6, y + HEIGHT / 2)
      context.font = '11px system-ui, sans-serif'
    }
  }

  /** A tick for each: high if the node answered, low and wide if it did not. */
  #paintSamples({ context, view, colour }: Painting, bottom: number): void {
    if (this.#samples === null) return
    const first = this.#samples.countBefore(view.from)
    const last = this.#samples.countBefore(view.to)
    if ((last - first) * TICK_ROOM > view.width) return
    context.fillStyle = colour('fg')
    for (let i = first; i < last; i++) {
      const x = view.x(this.#samples.timesMs[i] as number)
      const isAnswered = (this.#samples.at(i)?.status ?? null) !== null
      if (isAnswered) context.fillRect(x - 0.5, bottom - TICK_HEIGHT, 1, TICK_HEIGHT)
      else context.fillRect(x - TICK_HEIGHT / 2, bottom - 1.5, TICK_HEIGHT, 1.5)
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
        `clock ${offsetText(offsetMs)}`,
        { x, y, width, height: CLOCK_HEIGHT },
        colour('on-fault'),
      )
      context.font = '11px system-ui, sans-serif'
    }
  }

  at(time: number, slack: number, y: number): Hit | null {
    const ending = hitAmong(this.#endings, time, 2 * slack)
    if (ending !== null) return ending
    const setbacks = this.#setbackHits.filter(({ from }) => Math.abs(from - time) <= 2 * slack)
    if (setbacks[0] !== undefined)
      return { ...setbacks[0], text: setbacks.map(({ text }) => text).join('\n') }
    if (y > HEIGHT - CLOCK_HEIGHT - 2) {
      const clock = hitAmong(this.#clockHits, time, slack)
      if (clock !== null) return clock
    }
    const role = hitAmong(this.#roleHits, time, 0)
    const sample = this.#sampleAt(time, slack)
    if (role === null || sample === null) return role
    const state = stateText(sample)
    const text = `${role.text}\nsample ${sample.number}, at ${shortTime(sample.atMs)}${state === '' ? '' : `: ${state}`}`
    return { address: sampleAddress(sample), text, from: sample.atMs, to: sample.atMs }
  }

  /** The nearest sample within `slack`, else the last one before. */
  #sampleAt(time: number, slack: number): ShownSample | null {
    const before = this.#samples?.by(time) ?? null
    const after = this.#samples?.at(this.#samples.countBefore(time)) ?? null
    const isNearer = after !== null && after.atMs - time <= Math.min(slack, time - (before?.atMs ?? -1e9))
    return isNearer ? after : before
  }

  next(time: number, direction: 1 | -1): Hit | null {
    return nextAmong(this.#changes, time, direction)
  }
}

export const nodeLanes = (data: ReportData, samples: readonly NodeSamples[]): readonly Lane[] => {
  const ended = data.endings.map(({ node }) => node)
  const nodes = inNameOrder([...data.nodes, ...ended])
  return nodes.map((node) => new NodeLane(node, data, samples.find((own) => own.node === node) ?? null))
}
