/** The lane of terms: how long each was the newest, and from when on a leader was seen in it. */
import type { Hit, Lane, Painting } from '../../../../checkers/porcupine-ts/timeline/lane.ts'
import type { Term } from '../terms.ts'
import { shortTime } from '../times.ts'
import { hitAmong, nextAmong, paintLabel } from './points.ts'

const HEIGHT = 22
const LED_HEIGHT = 4

export const TERMS_LANE = 'terms'

const leaderText = ({ leaders, named }: Term): string => {
  if (leaders.length > 0) return `\u2605 ${leaders.map(({ node }) => node).join(' and ')}`
  return named.length > 0 ? `\u2605 ${named.join(' or ')}, by what others say` : 'no leader seen'
}

const hitOf = (term: Term): Hit => ({
  address: `term=${term.term}`,
  text: `term ${term.term}: ${leaderText(term)}\nthe newest term from ${shortTime(term.fromMs)} to ${shortTime(term.toMs)}`,
  from: term.fromMs,
  to: term.toMs,
})

class TermLane implements Lane {
  readonly id = TERMS_LANE
  readonly label = 'newest term'
  readonly group = 'terms'
  readonly height = HEIGHT
  readonly #terms: readonly Term[]
  readonly #hits: readonly Hit[]

  constructor(terms: readonly Term[]) {
    this.#terms = terms.toSorted((a, b) => a.fromMs - b.fromMs)
    this.#hits = this.#terms.map(hitOf)
  }

  paint(painting: Painting, y: number): void {
    const { context, view, colour } = painting
    for (const term of this.#terms) {
      const x = Math.max(-2, view.x(term.fromMs))
      const end = Math.min(view.width + 2, view.x(term.toMs))
      if (x > view.width || end < 0) continue
      const box = { x, y: y + 1, width: Math.max(2, end - x), height: HEIGHT - 2 }
      context.fillStyle = colour('follower')
      context.fillRect(box.x, box.y, box.width, box.height)
      this.#paintLed(painting, term, box.y + box.height - LED_HEIGHT, end)
      // An edge where each begins, since all have the same colour.
      context.fillStyle = colour('dim')
      context.fillRect(box.x, box.y, 1.5, box.height)
      const text = `term ${term.term} ${leaderText(term)}`
      paintLabel(context, text, { ...box, height: HEIGHT - LED_HEIGHT }, colour('fg'))
    }
  }

  /** From when on a leader was seen. */
  #paintLed({ context, view, colour }: Painting, { leaders }: Term, y: number, end: number): void {
    const ledMs = Math.min(...leaders.map(({ fromMs }) => fromMs))
    if (!Number.isFinite(ledMs)) return
    const x = Math.max(-2, view.x(ledMs))
    context.fillStyle = colour('leader')
    if (end > x) context.fillRect(x, y, end - x, LED_HEIGHT)
  }

  at(time: number, slack: number): Hit | null {
    return hitAmong(this.#hits, time, slack)
  }

  next(time: number, direction: 1 | -1): Hit | null {
    return nextAmong(this.#hits, time, direction)
  }
}

/** None if no status had a term. */
export const termLanes = (terms: readonly Term[]): readonly Lane[] =>
  terms.length === 0 ? [] : [new TermLane(terms)]
