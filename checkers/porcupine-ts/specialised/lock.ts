/**
 * Locks, in n log n. An owner's acquire and the release after it are a critical section: a block, with nothing of another
 * section in between. A section without a release never ends, even if its owner acquires again, so that error is found
 * too. With fencing tokens the order of the sections is known; without them, blocks are put in order as for registers.
 *
 * Every operation must have returned, none may have been refused, and operations of one owner must not overlap.
 */
import { calledBy, type Part } from '../history/part.ts'
import type { SpecialResult } from '../model.ts'
import type { LockInput, LockOutput } from '../models/calls.ts'
import { orderBlocks } from './blocks.ts'
import { declined } from './declined.ts'

interface Section {
  readonly acquire: number
  release: number | null
}

const illegal = (operations: readonly number[]): SpecialResult => ({
  verdict: 'illegal',
  witness: [...operations].sort((a, b) => a - b),
})

const operationsOf = ({ acquire, release }: Section): readonly number[] =>
  release === null ? [acquire] : [acquire, release]

/** The sections in order of their acquires, or the result if the operations of one owner already decide it. */
const findSections = (
  part: Part<LockInput, LockOutput>,
  end: number,
): { readonly sections: readonly Section[] } | SpecialResult => {
  const sections: Section[] = []
  const held = new Map<number, Section>()
  const lastReturn = new Map<number, number>()
  let wrong: SpecialResult | null = null
  const count = calledBy(part, end)
  for (let i = 0; i < count; i++) {
    const { f, owner } = part.input(i)
    const returned = part.return[i] as number
    if (returned >= end || returned === Number.POSITIVE_INFINITY)
      return declined('an operation has not returned')
    if (part.output(i)?.done !== true) return declined('an operation was refused')
    if ((lastReturn.get(owner) ?? Number.NEGATIVE_INFINITY) >= (part.call[i] as number))
      return declined('operations of one owner overlap')
    lastReturn.set(owner, returned)
    const section = held.get(owner)
    if (f === 'acquire') {
      const next: Section = { acquire: i, release: null }
      held.set(owner, next)
      sections.push(next)
    } else if (section === undefined) wrong ??= illegal([i])
    else {
      section.release = i
      held.delete(owner)
    }
  }
  return wrong ?? { sections }
}

const spansOf = (
  part: Part<LockInput, LockOutput>,
  sections: readonly Section[],
): { readonly first: Float64Array; readonly last: Float64Array } => ({
  first: Float64Array.from(sections, ({ acquire }) => part.return[acquire] as number),
  last: Float64Array.from(sections, ({ release }) =>
    release === null ? Number.POSITIVE_INFINITY : (part.call[release] as number),
  ),
})

export const decideMutex = (part: Part<LockInput, LockOutput>, end: number): SpecialResult => {
  const found = findSections(part, end)
  if ('verdict' in found) return found
  const { sections } = found
  const { first, last } = spansOf(part, sections)
  const order = orderBlocks(first, last)
  if (!('conflict' in order)) return { verdict: 'ok' }
  return illegal(order.conflict.flatMap((block) => operationsOf(sections[block] as Section)))
}

export const decideFencingLock = (part: Part<LockInput, LockOutput>, end: number): SpecialResult => {
  const found = findSections(part, end)
  if ('verdict' in found) return found
  const tokenOf = ({ acquire }: Section): number | undefined => part.output(acquire)?.token
  if (found.sections.some((section) => tokenOf(section) === undefined))
    return declined('an acquire came without a token')
  const sections = [...found.sections].sort((a, b) => (tokenOf(a) as number) - (tokenOf(b) as number))
  const [lowest] = sections
  if (lowest !== undefined && (tokenOf(lowest) as number) < 0) return declined('a token is negative')
  const { first, last } = spansOf(part, sections)
  let latest = 0
  for (let i = 1; i < sections.length; i++) {
    const [before, section] = [sections[latest] as Section, sections[i] as Section]
    const repeats = tokenOf(sections[i - 1] as Section) === tokenOf(section)
    if (repeats) return illegal([...operationsOf(sections[i - 1] as Section), ...operationsOf(section)])
    if ((first[i] as number) < (last[latest] as number))
      return illegal([...operationsOf(before), ...operationsOf(section)])
    if ((last[i] as number) > (last[latest] as number)) latest = i
  }
  return { verdict: 'ok' }
}
