/**
 * A protected resource of a run that goes on. Who was in it follows from the log of the sink alone, which only grows: what is
 * found in its beginning stays. Shown are the touches of the resource from the first of the two that conflict to the second, all
 * of them. A part of the log without its beginning knows fewer who are inside, and fewer tokens; what it knows is so in the whole:
 * whoever is inside in the part has entered in it, and left in neither.
 *
 * Kept are who is inside, and the touch with the greatest token, of the resources that were used last.
 */
import type { Follower, Kept, SoFar, Suspicion } from '../../harness/api/follower.ts'
import { SINK, type SinkLine, type SinkMode, type TouchLine } from '../../harness/vocabularies/effects.ts'
import { type IntrusionKind, touchIn, touchName, Visits } from './intrusions.ts'

const MOST_RESOURCES = 20_000
/** That are looked up at a time. Many more tell nothing more. */
const MOST_INTRUSIONS = 5

interface Part {
  readonly resource: number
  /** Numbers of lines, both inclusive. */
  readonly from: number
  readonly to: number
}

export class VisitsFollower implements Follower {
  readonly service = SINK
  readonly #breaks: (kind: IntrusionKind, mode: SinkMode) => boolean
  readonly #visits = new Visits(MOST_RESOURCES)
  #mode: SinkMode | null = null
  #parts: Part[] = []

  /** @param breaks whether an intrusion breaks the promise, with a sink of this mode */
  constructor(breaks: (kind: IntrusionKind, mode: SinkMode) => boolean) {
    this.#breaks = breaks
  }

  get kept(): Kept {
    return { things: this.#visits.size, fingerprints: 0 }
  }

  line(given: unknown): void {
    const line = given as SinkLine
    if (line.type === 'start') this.#mode ??= line.mode
    if (line.type !== 'touch' || this.#mode === null) return
    for (const { kind, first, second } of this.#visits.take(line))
      if (this.#breaks(kind, this.#mode) && this.#parts.length < MOST_INTRUSIONS)
        this.#parts.push({ resource: line.resource, from: first.seq, to: second.seq })
  }

  suspicions(): readonly Suspicion[] {
    const parts = this.#parts
    this.#parts = []
    return parts.map((part) => (soFar: SoFar) => shownOf(part, soFar))
  }
}

const shownOf = ({ resource, from, to }: Part, { calls, lines }: SoFar) => {
  const isIn = (line: SinkLine): line is TouchLine =>
    line.type === 'touch' && line.resource === resource && line.seq >= from && line.seq <= to
  const shown = [
    ...lines((line) => (line as SinkLine).type === 'start' || isIn(line as SinkLine)),
  ] as readonly SinkLine[]
  const touches = new Set(shown.filter(isIn).map(({ action, owner }) => touchName(action, owner)))
  return {
    calls: [...calls(({ invocation }) => touches.has(touchIn(invocation) ?? ''))],
    services: { [SINK]: shown },
  }
}
