/** The faults that were in force at a time, and how a sentence names them. */
import type { FaultRecord, RunRecord } from '../api/record.ts'
import type { OddNode } from '../api/verdict.ts'
import { inNameOrder } from '../support/names.ts'
import { formatTimeNs } from '../support/time.ts'
import { clip } from '../support/visible.ts'

const MOST_NAME = 200
/** Of more odd nodes with different faults, a sentence gets too long. */
const MOST_ODD = 3

/** A fault with a measured effect. One that was never healed is in force until the end. */
export interface EffectiveFault extends FaultRecord {
  readonly injectedAtNs: number
}

/** In the order of their injections. */
export const effectiveFaults = ({ faults }: RunRecord): readonly EffectiveFault[] =>
  (faults ?? [])
    .filter((fault): fault is EffectiveFault => fault.effective && fault.injectedAtNs !== undefined)
    .toSorted((a, b) => beganNs(a) - beganNs(b))

export const endNs = ({ healedAtNs }: EffectiveFault): number => healedAtNs ?? Number.POSITIVE_INFINITY

/** When its first effect may have shown. */
export const beganNs = ({ injectedAtNs, injectingAtNs = injectedAtNs }: EffectiveFault): number =>
  injectingAtNs

/** Those in force at some time of a span, its ends included. */
export const inForce = (record: RunRecord, fromNs: number, toNs = fromNs): readonly EffectiveFault[] =>
  effectiveFaults(record).filter((fault) => beganNs(fault) <= toNs && endNs(fault) >= fromNs)

/** Those that hit an odd node between its last right report and its first wrong one. What was in force last comes last. */
export const faultsOn = (record: RunRecord, { node, good, bad }: OddNode): readonly EffectiveFault[] =>
  inForce(record, good?.timeNs ?? 0, bad.timeNs)
    .filter(({ victims }) => victims.includes(node))
    .toSorted(
      (a, b) => Math.min(endNs(a), bad.timeNs) - Math.min(endNs(b), bad.timeNs) || beganNs(a) - beganNs(b),
    )

/**
 * The sets of nodes that could still reach each other in some direction, by the links that were cut during the whole fault.
 * One set: the links do not divide the nodes that they name.
 */
const sidesOf = ({ effects }: FaultRecord): readonly (readonly string[])[] => {
  const links = effects.findLast((effect) => effect.effective)?.links ?? []
  const cut = new Set(links.map(({ from, to }) => `${from}>${to}`))
  const reaches = (a: string, b: string): boolean => !cut.has(`${a}>${b}`) || !cut.has(`${b}>${a}`)
  let sides: readonly (readonly string[])[] = []
  for (const node of inNameOrder(links.flatMap(({ from, to }) => [from, to]))) {
    const isNear = (side: readonly string[]): boolean => side.some((other) => reaches(node, other))
    const near = sides.filter(isNear)
    sides = [...sides.filter((side) => !near.includes(side)), [...near.flat(), node]]
  }
  return sides.map(inNameOrder).toSorted((a, b) => a.length - b.length)
}

/** `partition-3 (n1 | n2 n3)`, `kill-2 (n1)`, `disk-1 (all nodes)`. */
export const nameFault = (fault: FaultRecord, { spec }: RunRecord): string => {
  const { planned, victims } = fault
  const sides = sidesOf(fault)
  const hit =
    victims.length > 1 && victims.length === spec?.nodes ? 'all nodes' : inNameOrder(victims).join(' ')
  const where = sides.length > 1 ? sides.map((nodes) => nodes.join(' ')).join(' | ') : hit
  return where === '' ? planned.id : `${planned.id} (${where})`
}

/** `a`, `a and b`, `a, b and c`; of many the first, and how many more. */
export const listed = (names: readonly string[], most = 3): string => {
  const shown = names.length <= most ? names : [...names.slice(0, most), `${names.length - most} more`]
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}

/** `, and after n3 had lied`: what a traitor said stays with those who believed it. */
const afterLies = (faults: readonly EffectiveFault[], atNs: number): string => {
  const over = faults.filter(({ planned, ...fault }) => planned.model === 'byzantine' && isOver(fault, atNs))
  const traitors = inNameOrder(over.flatMap(({ victims }) => victims))
  return traitors.length === 0 ? '' : `, and after ${listed(traitors)} had lied`
}

const isOver = ({ healedAtNs }: Pick<EffectiveFault, 'healedAtNs'>, atNs: number): boolean =>
  healedAtNs !== undefined && healedAtNs < atNs

/** `while kill-2 (n1) was in force`; what was before, if none was; nothing for a run without effective faults. */
export const underFaults = (record: RunRecord, atNs: number): string => {
  const all = effectiveFaults(record)
  const now = inForce(record, atNs)
  if (now.length > 0) {
    const names = listed(now.map((fault) => nameFault(fault, record)))
    return ` while ${names} ${now.length === 1 ? 'was' : 'were'} in force${afterLies(all, atNs)}`
  }
  const [last] = all.filter((fault) => isOver(fault, atNs)).toSorted((a, b) => endNs(b) - endNs(a))
  if (last !== undefined)
    return ` with no fault in force, after ${nameFault(last, record)} had been healed at ${formatTimeNs(endNs(last))}${afterLies(all, atNs)}`
  return all.length === 0 ? '' : ' before any fault was in force'
}

/** `hit by kill-2 (n1) until 8.620 s`, or `since` its beginning if it was in force at the end; of many, the last ones. */
const hitBy = (record: RunRecord, odd: OddNode, most = 2): string => {
  const hits = faultsOn(record, odd).toReversed()
  const told = hits.map((fault) => {
    const isOver = endNs(fault) <= odd.bad.timeNs
    const when = isOver ? `until ${formatTimeNs(endNs(fault))}` : `since ${formatTimeNs(beganNs(fault))}`
    return `${nameFault(fault, record)} ${when}`
  })
  return hits.length === 0 ? '' : `hit by ${listed(told, most)}`
}

/**
 * The nodes with which something is wrong, and what had hit each of them: `n1, hit by kill-2 (n1) until 8.620 s`. A fault that
 * hit a node need not be the reason, so the words say no more than that.
 */
export const oddPhrase = (record: RunRecord, odd: readonly OddNode[]): string => {
  const byHits = Map.groupBy(odd, (each) => hitBy(record, each))
  const told = [...byHits].map(([hits, each]) => {
    const nodes = listed(inNameOrder(each.map(({ node }) => clip(node, MOST_NAME))), each.length)
    return hits === '' ? nodes : `${nodes}, ${hits}`
  })
  const shown =
    told.length <= MOST_ODD ? told : [...told.slice(0, MOST_ODD), `${told.length - MOST_ODD} more`]
  return shown.join('; ')
}
