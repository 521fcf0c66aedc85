/** The faults of the page: as planned and as measured. */
import type { FaultColour, Intent, LieTold } from '../api/nemesis.ts'
import type { FaultRecord } from '../api/record.ts'
import { NS_PER_MS } from '../support/time.ts'

export interface PageFault {
  readonly id: string
  readonly kind: string
  /** The lane in which it is drawn. */
  readonly label: string
  readonly colour: FaultColour
  readonly plannedStartMs: number
  readonly plannedEndMs: number
  /** From the begin of its injection, so that no effect is seen before it, until it was healed; null: it was never injected. */
  readonly inForce: { readonly startMs: number; readonly endMs: number } | null
  readonly effective: boolean
  readonly victims: readonly string[]
  readonly planned: string
  /** What it did, by the last measurement that shows an effect; else why it did nothing. */
  readonly summary: string
  /** Which lies reached whom, by the last measurement. */
  readonly lies: readonly PageLie[]
}

/** With times of the run. */
export type PageLie = Omit<LieTold, 'firstMs' | 'lastMs'> & { readonly fromMs: number; readonly toMs: number }

/** Such as `shape minority, oneWay false, order n5 n1 n3`. */
const intentInWords = (intent: Intent): string =>
  Object.entries(intent)
    .map(
      ([name, value]) =>
        `${name} ${Array.isArray(value) ? value.join(' ') : typeof value === 'object' ? JSON.stringify(value) : value}`,
    )
    .join(', ')

const summaryOf = ({ effects, error, isLeftOut, injectedAtNs }: FaultRecord): string => {
  const told = (effects.findLast(({ effective }) => effective) ?? effects.at(-1))?.summary
  if (told !== undefined) return told
  if (error !== undefined) return error
  if (isLeftOut) return 'left out: the cluster had served too little since the faults before it'
  return injectedAtNs === undefined ? 'not injected: the run ended before' : 'not measured'
}

const liesOf = ({ effects, injectedAtNs = 0 }: FaultRecord): readonly PageLie[] =>
  (effects.findLast(({ lies }) => lies !== undefined)?.lies ?? []).map(({ firstMs, lastMs, ...lie }) => ({
    ...lie,
    fromMs: injectedAtNs / NS_PER_MS + firstMs,
    toMs: injectedAtNs / NS_PER_MS + lastMs,
  }))

const pageFault = (fault: FaultRecord, endMs: number): PageFault => {
  const { planned, injectedAtNs, injectingAtNs = injectedAtNs, healedAtNs } = fault
  return {
    id: planned.id,
    kind: planned.kind,
    label: planned.label,
    colour: planned.colour,
    plannedStartMs: planned.atNs / NS_PER_MS,
    plannedEndMs: (planned.atNs + planned.durationNs) / NS_PER_MS,
    inForce:
      injectedAtNs === undefined || injectingAtNs === undefined
        ? null
        : {
            startMs: injectingAtNs / NS_PER_MS,
            endMs: healedAtNs === undefined ? endMs : healedAtNs / NS_PER_MS,
          },
    effective: fault.effective,
    victims: fault.victims,
    planned: intentInWords(planned.intent),
    summary: summaryOf(fault),
    lies: liesOf(fault),
  }
}

export const pageFaults = (faults: readonly FaultRecord[], endMs: number): readonly PageFault[] =>
  faults.map((fault) => pageFault(fault, endMs))
