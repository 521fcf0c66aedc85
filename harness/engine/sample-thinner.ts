/**
 * Which samples of the nodes are recorded: all of them for the first hours, then those that tell something. A day of five
 * nodes has two million, a gigabyte.
 *
 * What is left out lies between two recorded samples of its node that say the same, but for how far indices and the clock had
 * got. So nothing that checkers judge is left out: roles, terms, leaders and members, indices that go back, clocks that jump,
 * and states that differ at one position of the log, which are looked for here. Of every node one sample a second is recorded
 * all the same, and later one every few seconds, so that the record grows with the logarithm of the time. The end of a run, in
 * which replicas have to agree, is recorded whole.
 */
import type { Sample } from '../api/record.ts'
import type { NodeStatus } from '../api/target.ts'
import { NS_PER_MS, NS_PER_S } from '../support/time.ts'

export interface ThinnerOptions {
  /** From then on all samples are recorded. */
  readonly wholeFromNs: number
  /** So many are recorded, whatever they tell. */
  readonly most?: number
}

/** Two to three hours of three nodes. */
const MOST_WHOLE = 150_000
/** Of those that tell nothing, at first; twice as long when half of `most` are recorded by it. */
const FIRST_PERIOD_NS = 1 * NS_PER_S
/** A clock that was set by less may be drawn from one that took longer to answer. */
const JUMP_MS = 100
/** Positions of the log at which states are compared: the latest that were told. */
const MOST_POSITIONS = 30_000
/** More states that differ tell no more: once they do, they always do. */
const MOST_DIFFERENT = 200

const INDICES = ['commitIndex', 'appliedIndex', 'digestAt'] as const satisfies readonly (keyof NodeStatus)[]

/** All that stays the same while nothing happens. */
const quietPart = ({ status }: Sample): string => {
  if (status === null) return 'no answer'
  const { role, term, leader, snapshotIndex, members, version, decisions = [] } = status
  // Which nodes were the first to accept differs from one decision to the next; that few were enough is told.
  const fewest = Math.min(...decisions.map(({ acceptedBy }) => acceptedBy.length))
  return JSON.stringify([role, term, leader, snapshotIndex, members, version, fewest])
}

const goesBack = (before: Sample, { status }: Sample): boolean =>
  INDICES.some((name) => (status?.[name] ?? Number.POSITIVE_INFINITY) < (before.status?.[name] ?? 0))

const aheadMs = ({ status, timeNs }: Sample): number | null =>
  status?.clockMs === undefined ? null : status.clockMs - timeNs / NS_PER_MS

const jumps = (before: Sample, sample: Sample): boolean => {
  const [then, now] = [aheadMs(before), aheadMs(sample)]
  return then !== null && now !== null && Math.abs(now - then) > JUMP_MS
}

/** What a sample told of one position. */
interface Told {
  readonly digest: string
  /** Without what it told of the others: that is most of it, and a whole sample is kept for each new position. */
  readonly sample: Sample
}

/** The sample as a witness of that position alone. */
const witness = ({ digest, sample }: Told, position: string): Sample => {
  const { status } = sample
  if (status === null || position === String(status.digestAt)) return sample
  return { ...sample, status: { ...status, earlierDigests: { [position]: digest } } }
}

/** The digests of states that were told, by position. */
class Digests {
  readonly #told = new Map<string, Told>()
  #different = 0

  /** A sample that told of another state at one of these positions; null: there is none among the latest. */
  other(sample: Sample): Sample | null {
    if (this.#different >= MOST_DIFFERENT) return null
    const { digest, digestAt, digestBasis = '', earlierDigests = {} } = sample.status ?? {}
    const own = digest === undefined || digestAt === undefined ? [] : [[String(digestAt), digest] as const]
    let found: Sample | null = null
    const kept = short(sample, true)
    for (const [position, each] of [...Object.entries(earlierDigests), ...own]) {
      const place = `${position} ${digestBasis}`
      const before = this.#told.get(place)
      if (before === undefined) this.#told.set(place, { digest: each, sample: kept })
      else if (before.digest !== each) found = witness(before, position)
    }
    for (const oldest of this.#told.keys()) {
      if (this.#told.size <= MOST_POSITIONS) break
      this.#told.delete(oldest)
    }
    if (found !== null) this.#different++
    return found
  }
}

/** Digests of earlier positions are half of a sample: those of a long run are compared here, and differed from none. */
const short = (sample: Sample, isShort: boolean): Sample => {
  if (!isShort || sample.status?.earlierDigests === undefined) return sample
  const { earlierDigests: _, ...status } = sample.status
  return { ...sample, status }
}

/** What is known of one node. */
interface Known {
  last: Sample
  lastQuietPart: string
  isLastRecorded: boolean
  recorded: Sample
  /** Since the last recorded one. */
  leftOut: number
}

export class SampleThinner {
  readonly #wholeFromNs: number
  readonly #most: number
  readonly #nodes = new Map<string, Known>()
  readonly #digests = new Digests()
  #seen = 0
  /** Recorded although they tell nothing, since the time that all are. */
  #regular = 0

  constructor({ wholeFromNs, most = MOST_WHOLE }: ThinnerOptions) {
    this.#wholeFromNs = wholeFromNs
    this.#most = most
  }

  get #periodNs(): number {
    return FIRST_PERIOD_NS * 2 ** Math.floor(this.#regular / (this.#most / 2))
  }

  /** The samples to record now that this one was taken. Some are older than others that are recorded already. */
  next(sample: Sample): readonly Sample[] {
    const known = this.#nodes.get(sample.node)
    const other = this.#digests.other(sample)
    this.#seen++
    if (known === undefined) {
      this.#nodes.set(sample.node, {
        last: sample,
        lastQuietPart: quietPart(sample),
        isLastRecorded: true,
        recorded: sample,
        leftOut: 0,
      })
      return [sample]
    }
    const before = { sample: known.last, isRecorded: known.isLastRecorded }
    const told = this.#tells(known, sample) || other !== null
    known.last = sample
    known.isLastRecorded = false
    if (!told && !this.#isDue(known, sample)) {
      known.leftOut++
      return []
    }
    // What was so until now is told by the one before.
    const isShort = other === null && this.#seen > this.#most && sample.timeNs < this.#wholeFromNs
    const first =
      told && !before.isRecorded
        ? [this.#record(known, short(before.sample, isShort), known.leftOut - 1)]
        : []
    const second = other === null || other.node === sample.node ? [] : [other]
    known.isLastRecorded = true
    return [...second, ...first, this.#record(known, short(sample, isShort), known.leftOut)]
  }

  #tells(known: Known, sample: Sample): boolean {
    const part = quietPart(sample)
    const isNew = part !== known.lastQuietPart
    known.lastQuietPart = part
    return isNew || goesBack(known.last, sample) || jumps(known.recorded, sample)
  }

  #isDue({ recorded }: Known, { timeNs }: Sample): boolean {
    if (this.#seen <= this.#most || timeNs >= this.#wholeFromNs) return true
    if (timeNs - recorded.timeNs < this.#periodNs) return false
    this.#regular++
    return true
  }

  #record(known: Known, sample: Sample, leftOut: number): Sample {
    known.recorded = sample
    known.leftOut = 0
    return leftOut === 0 ? sample : { ...sample, leftOut }
  }

  /** The last samples of nodes, where they are not recorded yet. */
  rest(): readonly Sample[] {
    return [...this.#nodes.values()].flatMap((known) => {
      if (known.isLastRecorded) return []
      known.isLastRecorded = true
      return [this.#record(known, known.last, known.leftOut - 1)]
    })
  }
}
