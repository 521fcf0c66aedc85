/**
 * Barriers: nobody passes before all parties have arrived, and everybody passes from then on. A barrier is a condition that
 * becomes true once, so positions decide: it cannot have opened before the last party began to arrive, and it was open when
 * all arrivals were acknowledged, or one call had passed. Where reads may be old, a barrier may seem closed for a while;
 * then it must be open at the end (`final-answers.ts`).
 */
import type { Pair } from '../../harness/api/history.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Fold } from '../../harness/api/verdict.ts'
import { formatTimeNs } from '../../harness/support/time.ts'
import { BARRIER, type BarrierCall, type Entered } from '../../harness/vocabularies/barrier.ts'
import { type Answered, finalAnswers, foldLastReadsByObject } from '../final-answers.ts'
import { promisedOf, promiseOf } from '../promise.ts'
import { tableRow } from '../table-view.ts'
import { conclude, type Finding, finding, foldingChecker, type Judged } from '../verdict.ts'

const KINDS = ['passed early', 'never opened', 'closed again', 'held back'] as const
type BarrierFinding = Finding<(typeof KINDS)[number]>

const ANOMALIES: Readonly<Record<BarrierFinding['kind'], string>> = {
  'passed early': 'barrier passed early',
  'never opened': 'barrier that does not open',
  'closed again': 'barrier that closed again',
  'held back': 'stale read',
}

const COLUMNS = ['barrier', 'node', 'entered at', 'passed', 'what is wrong']

type Arrival = (BarrierCall & { readonly f: 'arrive' })['value']
type Entry = (BarrierCall & { readonly f: 'enter' })['value']

const hasPassed = ({ completion }: Answered): boolean => (completion.value as Entered).passed

const found = (kind: BarrierFinding['kind'], entry: Answered, why: string, other?: Pair): BarrierFinding => {
  const { node = 'a node', timeNs, value, index } = entry.invocation
  const { barrier } = value as Entry
  const passed = hasPassed(entry)
  const what = `barrier ${barrier}: ${node} ${passed ? 'let pass' : 'held back'} at ${formatTimeNs(timeNs)}, ${why}`
  const concerned = other === undefined ? [entry] : [entry, other]
  const operations = [index, ...(other === undefined ? [] : [other.invocation.index])]
  const cells = [barrier, node, formatTimeNs(timeNs), passed ? 'yes' : 'no', why]
  return finding(kind, what, concerned, [tableRow(cells, operations, kind)])
}

/** An operation of a barrier, with the index that matters of it. */
interface Event {
  readonly at: number
  readonly pair: Pair
}

const earlier = (a: Event | undefined, b: Event): Event => (a === undefined || b.at < a.at ? b : a)

/** What is known of one barrier. */
class Barrier {
  /** Party -> its first arrival that may have taken effect, by its invocation. */
  readonly #begun = new Map<number, Event>()
  /** Party -> the first acknowledgement of its arrival. */
  readonly #arrived = new Map<number, Event>()
  /** The call that passed, and was over first. */
  #passed: Event | undefined
  /** Calls that passed while it was not known that all parties had begun to arrive. */
  readonly #early: Answered[] = []

  get isPassed(): boolean {
    return this.#passed !== undefined
  }

  arrive(pair: Pair): void {
    const { party } = pair.invocation.value as Arrival
    if (pair.completion?.type === 'fail') return
    if (!this.#begun.has(party)) this.#begun.set(party, { at: pair.invocation.index, pair })
    if (pair.completion?.type !== 'ok') return
    this.#arrived.set(party, earlier(this.#arrived.get(party), { at: pair.completion.index, pair }))
  }

  /** What is wrong with it by what was over before; null: nothing. */
  enter(entry: Answered): BarrierFinding | null {
    const { parties } = entry.invocation.value as Entry
    if (hasPassed(entry)) {
      if (this.#begun.size < parties) this.#early.push(entry)
      this.#passed = earlier(this.#passed, { at: entry.completion.index, pair: entry })
      return null
    }
    const { index } = entry.invocation
    if (this.#passed !== undefined && this.#passed.at < index) {
      const { node = 'a node' } = this.#passed.pair.invocation
      return found('closed again', entry, `after ${node} had let pass`, this.#passed.pair)
    }
    const last = this.#openedBy(parties)
    if (last === null || last.at >= index) return null
    return found('held back', entry, `after all ${parties} parties had arrived`, last.pair)
  }

  /** The acknowledgement with which it was certainly open; null: a party has none. */
  #openedBy(parties: number): Event | null {
    if (this.#arrived.size < parties) return null
    return [...this.#arrived.values()].reduce((last, each) => (each.at > last.at ? each : last))
  }

  /** Once all is known. */
  passedEarly(): readonly BarrierFinding[] {
    return this.#early.flatMap((entry) => {
      const { parties } = entry.invocation.value as Entry
      const begun = [...this.#begun.values()].filter(({ at }) => at < entry.completion.index).length
      return begun >= parties
        ? []
        : [found('passed early', entry, `when ${begun} of ${parties} parties had begun to arrive`)]
    })
  }

  /** @param answers of all nodes at the end */
  neverOpened(answers: readonly Answered[]): BarrierFinding | null {
    const [first] = answers
    if (first === undefined || answers.some(hasPassed)) return null
    const { parties } = first.invocation.value as Entry
    const last = this.#openedBy(parties)
    if (last === null || last.at >= first.invocation.index) return null
    return found(
      'never opened',
      first,
      `as every node does at the end, though all ${parties} parties had arrived`,
      last.pair,
    )
  }
}

const barrierOf = ({ invocation }: Pair): number => (invocation.value as Entry).barrier

const fold = (record: RunRecord): Fold<Judged> => {
  const barriers = new Map<number, Barrier>()
  const findings: BarrierFinding[] = []
  const atTheEnd = foldLastReadsByObject(record, BARRIER, barrierOf)
  const isLinearizable = promiseOf(record, BARRIER, 'enter').name === 'linearizable'
  return {
    take: (pair, place) => {
      atTheEnd.take(pair, place)
      const number = barrierOf(pair)
      const barrier = barriers.get(number) ?? new Barrier()
      barriers.set(number, barrier)
      if (pair.invocation.f === 'arrive') barrier.arrive(pair)
      else if (pair.completion?.type === 'ok') {
        const wrong = barrier.enter(pair as Answered)
        if (wrong !== null) findings.push(wrong)
      }
    },
    result: () => {
      for (const barrier of barriers.values()) findings.push(...barrier.passedEarly())
      for (const [number, reads] of atTheEnd.result()) {
        const { answers, unproven } = finalAnswers(reads, record)
        const closed = unproven === null ? barriers.get(number)?.neverOpened(answers) : null
        if (closed) findings.push(closed)
      }
      const passed = [...barriers.values()].filter(({ isPassed }) => isPassed).length
      return conclude(findings, {
        seen: `${passed} of ${barriers.size} barriers passed`,
        clean: 'none before all had arrived, and all from then on',
        unproven: passed === 0 ? 'none was passed' : null,
        kinds: KINDS,
        allows: (kind) => !isLinearizable && (kind === 'closed again' || kind === 'held back'),
        anomalies: ANOMALIES,
        blamed: 'enter',
        table: { columns: COLUMNS },
        details: { barriers: barriers.size, passed },
      })
    },
  }
}

export const barrier = foldingChecker({
  name: 'barrier',
  judgesBeginnings: true,
  judgesObjects: () => true,
  finds: 'barriers that are passed too early, or held shut',
  needs: ['history'],
  promise: promisedOf(BARRIER, 'nobody passes before all parties have arrived, and everybody passes then'),
  fold,
})
