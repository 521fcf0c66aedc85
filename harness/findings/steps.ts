/** The evidence of the first finding step by step, in order of time, with the faults that were in force between the steps. */
import type { Pair } from '../api/history.ts'
import type { RunRecord } from '../api/record.ts'
import type { Evidence, OddNode, RunVerdict } from '../api/verdict.ts'
import { printJson } from '../support/json.ts'
import { clip } from '../support/visible.ts'
import { hasTimes, pairsAt } from './evidence.ts'
import {
  beganNs,
  type EffectiveFault,
  effectiveFaults,
  endNs,
  faultsOn,
  inForce,
  nameFault,
} from './faults.ts'
import { brokenGroups } from './groups.ts'

interface At {
  /** Nanoseconds since the start of the run. */
  readonly timeNs: number
  /** What happened, in one clause. It may contain text of the cluster. */
  readonly text: string
}

export type Step =
  | (At & { readonly kind: 'invoke'; readonly operation: number })
  | (At & {
      readonly kind: 'complete'
      readonly operation: number
      readonly outcome: 'ok' | 'fail' | 'info'
      /** No order of the operations explains this answer. Absent: one may. */
      readonly isUnexplained?: true
    })
  | (At & { readonly kind: 'fault-begins' | 'fault-ends'; readonly fault: string })
  /** The state of the nodes showed it; no operation did. */
  | (At & {
      readonly kind: 'shown'
      /** The node whose state it is. Absent: that of several. */
      readonly node?: string
      /** It was still right. Absent: it is wrong. */
      readonly isRight?: true
    })

export interface Steps {
  /** The title of the evidence. */
  readonly title: string
  readonly steps: readonly Step[]
  /** Whether the times tell anything: without them only the order does. */
  readonly isTimed: boolean
  /** How many operations and faults are left out. */
  readonly omittedOperations: number
  readonly omittedFaults: number
}

const MOST_OPERATIONS = 20
const MOST_FAULTS = 20
const MOST_CHARACTERS = 200

/** What goes wrong with a node must not be cut off: it is why the steps are read. */
const MOST_NODE_CHARACTERS = 1000

const valueText = (value: unknown): string => {
  const json = printJson(value)
  return json === undefined || json === '{}' ? '' : ` ${clip(json, MOST_CHARACTERS)}`
}

/** @param blocked the operation that no order explains, if there is one */
const operationSteps = ({ invocation, completion }: Pair, blocked: number | null): readonly Step[] => {
  const { index: operation, process, node, f, value, timeNs } = invocation
  const who = `process ${process}${node === undefined ? '' : ` at ${clip(node, MOST_CHARACTERS)}`}`
  const asked: Step = {
    kind: 'invoke',
    operation,
    timeNs,
    text: `${who}: ${f}${valueText(value)}${completion === null ? ' (never answered)' : ''}`,
  }
  if (completion === null) return [asked]
  const { type, error } = completion
  const outcome = type === 'invoke' ? 'info' : type
  const said =
    type === 'ok' ? valueText(completion.value) : ` ${clip(error ?? 'without an error', MOST_CHARACTERS)}`
  const isUnexplained = operation === blocked
  const completed: Step = {
    kind: 'complete',
    operation,
    timeNs: completion.timeNs,
    outcome,
    text: `${who}: ${f} ${outcome === 'info' ? 'in doubt:' : outcome}${said}${isUnexplained ? ' <- no order explains this answer' : ''}`,
    ...(isUnexplained ? { isUnexplained } : {}),
  }
  return [asked, completed]
}

/** The last report that is right, the ends of processes after it, and the first report that is wrong. */
const nodeSteps = ({ facts }: RunRecord, { node, good, bad }: OddNode): readonly Step[] => {
  const step = (timeNs: number, text: string): Step & { readonly kind: 'shown' } => ({
    kind: 'shown',
    node,
    timeNs,
    text: `${clip(node, MOST_CHARACTERS)}: ${clip(text, MOST_NODE_CHARACTERS)}`,
  })
  const fromNs = good?.timeNs ?? 0
  const endings = (facts?.endings ?? []).filter(
    (each) => each.node === node && each.timeNs >= fromNs && each.timeNs < bad.timeNs,
  )
  return [
    ...(good === null
      ? []
      : [{ ...step(good.timeNs, `${good.text} (still right)`), isRight: true as const }]),
    ...endings.map(({ process, timeNs, lastWords }) => {
      const words = lastWords.trim()
      return step(timeNs, `${process} ends by itself${words === '' ? '' : `: ${words}`}`)
    }),
    step(bad.timeNs, `${bad.text} <- wrong`),
  ]
}

const faultSteps = (fault: EffectiveFault, record: RunRecord, untilNs: number): readonly Step[] => {
  const { id } = fault.planned
  const name = nameFault(fault, record)
  const effect = fault.effects.findLast(({ effective }) => effective)?.summary ?? ''
  const begins: Step = {
    kind: 'fault-begins',
    fault: id,
    timeNs: beganNs(fault),
    text: `${name} begins${effect === '' ? '' : `: ${clip(effect, MOST_CHARACTERS)}`}`,
  }
  const { healedAtNs } = fault
  if (healedAtNs === undefined || healedAtNs > untilNs) return [begins]
  return [begins, { kind: 'fault-ends', fault: id, timeNs: healedAtNs, text: `${name} is healed` }]
}

/** Those that hit the odd nodes; else those in force between two times; if there were none, the one that had ended last. */
const faultsAround = (
  record: RunRecord,
  odd: readonly OddNode[],
  fromNs: number,
  toNs: number,
): readonly EffectiveFault[] => {
  const hits = new Map(
    odd.flatMap((each) => faultsOn(record, each)).map((fault) => [fault.planned.id, fault]),
  )
  if (hits.size > 0) return [...hits.values()].toSorted((a, b) => beganNs(a) - beganNs(b))
  const now = inForce(record, fromNs, toNs)
  const ended = effectiveFaults(record).filter((fault) => endNs(fault) < fromNs)
  return now.length > 0 ? now : ended.toSorted((a, b) => endNs(a) - endNs(b)).slice(-1)
}

/** Equal times: what ends comes after what begins, and operations in the order of the history. */
const inOrder = (steps: readonly Step[]): readonly Step[] => steps.toSorted((a, b) => a.timeNs - b.timeNs)

/** Of many findings in one table, those of the first are enough. */
const smallest = ({ view, operations }: Evidence): readonly number[] => {
  const rows = view?.kind === 'table' ? view.rows : []
  const first = rows.find((row) => row.mark !== undefined && row.operations.length > 0)
  return first?.operations ?? operations
}

const shownSteps = (record: RunRecord, { odd = [], atNs, text }: Evidence): readonly Step[] => {
  if (odd.length > 0) return odd.flatMap((each) => nodeSteps(record, each))
  return atNs === undefined ? [] : [{ kind: 'shown', timeNs: atNs, text: clip(text, MOST_NODE_CHARACTERS) }]
}

const stepsOfEvidence = (record: RunRecord, evidence: Evidence): Steps => {
  const { title, odd = [], view } = evidence
  const pairs = pairsAt(record, smallest(evidence))
  const shown = pairs.slice(0, MOST_OPERATIONS)
  const blocked = view?.kind === 'linearization' ? view.blocked : null
  const isTimed = hasTimes(record)
  const steps: readonly Step[] = [
    ...shown.flatMap((pair) => operationSteps(pair, blocked)),
    ...(shown.length > 0 && odd.length === 0 ? [] : shownSteps(record, evidence)),
  ]
  const timesNs = steps.map(({ timeNs }) => timeNs)
  const [fromNs, toNs] = [Math.min(...timesNs), Math.max(...timesNs)]
  const faults = steps.length === 0 || !isTimed ? [] : faultsAround(record, odd, fromNs, toNs)
  // What was in force last is what the reader asks for.
  const last = faults.slice(-MOST_FAULTS)
  return {
    title,
    steps: inOrder([...last.flatMap((fault) => faultSteps(fault, record, toNs)), ...steps]),
    isTimed,
    omittedOperations: pairs.length - shown.length,
    omittedFaults: faults.length - last.length,
  }
}

/** Null: no promise was broken, or nothing of it has a time. */
export const stepsOf = (record: RunRecord, verdict: RunVerdict): Steps | null => {
  const [group] = brokenGroups(record, verdict)
  const parts = group?.parts.map(({ evidence }) => evidence) ?? []
  const evidence =
    parts.find(({ operations }) => operations.length > 0) ??
    parts.find(({ odd = [], atNs }) => odd.length > 0 || atNs !== undefined)
  const found = evidence === undefined ? null : stepsOfEvidence(record, evidence)
  return found === null || found.steps.length === 0 ? null : found
}
