/** The search for an order of operations that explains what each found and respects what must precede what. */

import type { RegisterValue } from '../../harness/vocabularies/register.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { inText } from '../../harness/vocabularies/values.ts'

/** A key and its value. */
export interface Held {
  readonly key: Scalar
  readonly value: RegisterValue
}

/** One operation. */
export interface Step {
  /** Of its invocation in the history. */
  readonly index: number
  readonly process: number
  /** What it read, before it wrote anything. */
  readonly found: readonly Held[]
  /** Failed comparisons: it found other values than these. */
  readonly not: readonly Held[]
  /** What it wrote: one value for each key. */
  readonly wrote: readonly Held[]
}

/** The operations that must be taken before each one, by number. */
export type Before = readonly (readonly number[])[]

/** Only the order of each process. */
export const programsOf = (steps: readonly Step[]): Before => {
  const latest = new Map<number, number>()
  return steps.map(({ process }, step) => {
    const previous = latest.get(process)
    latest.set(process, step)
    return previous === undefined ? [] : [previous]
  })
}

const nameOf = ({ key, value }: Held): string => `${inText(key)} ${value === null ? 'null' : inText(value)}`

/** The values that keys had before a step; undefined: none had written. */
type Replaced = readonly (readonly [key: Scalar, value: RegisterValue | undefined])[]

/** The registers while operations are taken. */
class Registers {
  readonly #values = new Map<Scalar, RegisterValue>()
  /** Value of a key -> how many reads have yet to find it. */
  readonly #waiting = new Map<string, number>()
  readonly #initial: RegisterValue

  constructor(steps: readonly Step[], initial: RegisterValue) {
    this.#initial = initial
    for (const { found } of steps) this.#expect(found, 1)
  }

  #expect(found: readonly Held[], change: number): void {
    for (const each of found) {
      const name = nameOf(each)
      this.#waiting.set(name, (this.#waiting.get(name) ?? 0) + change)
    }
  }

  #valueOf(key: Scalar): RegisterValue {
    return this.#values.get(key) ?? this.#initial
  }

  /** Whether it finds what it found. */
  explains({ found, not }: Step): boolean {
    return (
      found.every(({ key, value }) => this.#valueOf(key) === value) &&
      not.every(({ key, value }) => this.#valueOf(key) !== value)
    )
  }

  /** Whether it replaces only values that nobody else has yet to find. */
  mayReplace({ found, wrote }: Step): boolean {
    return wrote.every(({ key }) => {
      const own = found.filter((each) => each.key === key).length
      return (this.#waiting.get(nameOf({ key, value: this.#valueOf(key) })) ?? 0) === own
    })
  }

  /** Returns what `untake` needs. */
  take({ found, wrote }: Step): Replaced {
    const replaced = wrote.map(({ key }) => [key, this.#values.get(key)] as const)
    this.#expect(found, -1)
    for (const { key, value } of wrote) this.#values.set(key, value)
    return replaced
  }

  untake({ found }: Step, replaced: Replaced): void {
    this.#expect(found, 1)
    for (const [key, value] of replaced)
      if (value === undefined) this.#values.delete(key)
      else this.#values.set(key, value)
  }

  /** What the rest of the search depends on, together with what was taken. */
  get state(): string {
    return [...this.#values]
      .map(([key, value]) => nameOf({ key, value }))
      .sort()
      .join()
  }
}

/** How many states of the registers a search visits before it gives up. */
const MOST_STATES = 200_000

/**
 * Whether there is such an order. A read goes as soon as it finds its value, which never harms. A write waits until everybody
 * has read the value that it replaces, which is necessary if every value is written once. Which write goes next is a choice:
 * the earliest first, and the search goes back if that leads nowhere. Null: it gave up.
 */
export const hasOrder = (steps: readonly Step[], before: Before, initial: RegisterValue): boolean | null => {
  const registers = new Registers(steps, initial)
  const after: number[][] = steps.map(() => [])
  for (const [step, earlier] of before.entries()) for (const each of earlier) after[each]?.push(step)
  const waiting = before.map((earlier) => earlier.length)
  const free = new Set([...steps.keys()].filter((step) => waiting[step] === 0))
  const undo: { readonly step: number; readonly replaced: Replaced }[] = []
  const take = (step: number): void => {
    undo.push({ step, replaced: registers.take(steps[step] as Step) })
    free.delete(step)
    for (const next of after[step] as number[]) if (--(waiting[next] as number) === 0) free.add(next)
  }
  const goBackTo = (length: number): void => {
    while (undo.length > length) {
      const { step, replaced } = undo.pop() as (typeof undo)[number]
      for (const next of after[step] as number[]) if ((waiting[next] as number)++ === 0) free.delete(next)
      free.add(step)
      registers.untake(steps[step] as Step, replaced)
    }
  }
  const takeReads = (): void => {
    for (let some = true; some; ) {
      some = false
      for (const step of [...free]) {
        const of = steps[step] as Step
        if (of.wrote.length > 0 || !registers.explains(of)) continue
        take(step)
        some = true
      }
    }
  }
  const choices = (): number[] =>
    [...free]
      .filter((step) => {
        const of = steps[step] as Step
        return of.wrote.length > 0 && registers.explains(of) && registers.mayReplace(of)
      })
      .sort((a, b) => (steps[b] as Step).index - (steps[a] as Step).index)
  const seen = new Set<string>()
  takeReads()
  const levels = [{ length: undo.length, left: choices() }]
  for (;;) {
    if (undo.length === steps.length) return true
    const level = levels.at(-1)
    if (level === undefined) return false
    goBackTo(level.length)
    const write = level.left.pop()
    if (write === undefined) {
      levels.pop()
      continue
    }
    take(write)
    takeReads()
    const state = `${[...free].sort((a, b) => a - b).join()} ${registers.state}`
    if (seen.has(state)) continue
    if (seen.size >= MOST_STATES) return null
    seen.add(state)
    levels.push({ length: undo.length, left: choices() })
  }
}
