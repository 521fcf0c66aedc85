/** What reads of a set show that may all be old: elements forgotten or skipped. `set.ts` says what these are. */
import { inText, type Scalar } from '../../harness/vocabularies/values.ts'
import { type Finding, finding } from '../verdict.ts'
import type { Add, SetRead } from './set-reads.ts'

/** Elements that a process read, and did not find in a later read of its own; each once. */
export const forgottenIn = (reads: readonly SetRead[]): readonly Finding<'forgotten'>[] => {
  const seenBy = new Map<number | string, Map<Scalar, SetRead>>()
  return reads.flatMap((read) => {
    const { process } = read.invocation
    const seen = seenBy.get(process) ?? new Map<Scalar, SetRead>()
    seenBy.set(process, seen)
    const elements = new Set(read.elements)
    const gone = [...seen].filter(([element]) => !elements.has(element))
    for (const [element] of gone) seen.delete(element)
    for (const element of elements) seen.set(element, read)
    return gone.map(([element, before]) =>
      finding(
        'forgotten',
        `${inText(element)}: process ${process} read it, and then did not find it any more`,
        [before, read],
      ),
    )
  })
}

/** Of two reads, each has an element that the other lacks. It is enough to compare each with the next larger one. */
const crossing = (reads: readonly SetRead[]): readonly Finding<'skipped'>[] => {
  const bySize = reads
    .map((read) => ({ read, elements: new Set(read.elements) }))
    .sort((a, b) => a.elements.size - b.elements.size)
  return bySize.slice(1).flatMap(({ read, elements }, at) => {
    const smaller = bySize[at] as (typeof bySize)[number]
    const extra = [...smaller.elements].find((element) => !elements.has(element))
    if (extra === undefined) return []
    const other = [...elements].find((element) => !smaller.elements.has(element))
    if (other === undefined) return []
    const text = `one read has ${inText(extra)} without ${inText(other)}, another has ${inText(other)} without ${inText(extra)}`
    return [finding('skipped', text, [smaller.read, read])]
  })
}

/** Reads that lack an element although they have one whose add began only when that one was known; each element once. */
export const skippedIn = (adds: readonly Add[], reads: readonly SetRead[]): readonly Finding<'skipped'>[] => {
  const invokedNs = new Map<Scalar, number>(
    adds.map(({ element, invocation }) => [element, invocation.timeNs]),
  )
  const byKnown = adds.toSorted((a, b) => a.knownNs - b.knownNs)
  const skipped = new Map<Scalar, Finding<'skipped'>>()
  for (const read of reads) {
    const elements = new Set(read.elements)
    const newestNs = read.elements.reduce<number>(
      (newest, element) => Math.max(newest, invokedNs.get(element) ?? Number.NEGATIVE_INFINITY),
      Number.NEGATIVE_INFINITY,
    )
    for (const add of byKnown) {
      if (add.knownNs >= newestNs) break
      if (elements.has(add.element) || skipped.has(add.element)) continue
      const text = `${inText(add.element)}: missing from a read that has an element whose add began only when it was known`
      skipped.set(add.element, {
        kind: 'skipped',
        text,
        operations: [add.invocation.index, read.invocation.index],
      })
    }
  }
  return [...skipped.values(), ...crossing(reads)]
}
