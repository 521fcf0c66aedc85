/** The search for an order of operations that explains what each found and respects what must precede what. */

import type { RegisterValue } from '../../harness/vocabularies/register.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { inText } from '../../harness/vocabularies/values.ts'

/** One operation. */
export interface Step {
  /** Of its invocation in the history. */
  readonly index: number
  readonly process: number
  readonly key: Scalar
  /** What it found; undefined: it does not read. */
  readonly found: RegisterValue | undefined
  /** A failed comparison: it found another value than this. Undefined: it is no such call. */
  readonly not: RegisterValue | undefined
  /** Undefined: it does not write. */
  readonly wrote: Scalar | undefined
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

const nameOf = (key: Scalar, value: RegisterValue): string =>
  `${inText(key)} ${value === null ? 'null' : inText(value)}`

/** The registers while operations are taken. */
class Registers {
  readonly #values = new Map<Scalar, RegisterValue>()
  /** Value of a key -> how many steps have yet to find it. */
  readonly #waiting = new Map<string, number>()
  readonly #initial: RegisterValue

  constructor(steps: readonly Step[], initial: RegisterValue) {
    this.#initial = initial
    for (const { key, found } of steps) if (found !== undefined) this.#expect(key, found, 1)
  }

  #expect(key: Scalar, value: RegisterValue, change: number): void {
    const name = nameOf(key, value)
    this.#waiting.set(name, (this.#waiting.get(name) ?? 0) + change)
  }

  #valueOf(key: Scalar): RegisterValue {
    return this.#values.get(key) ?? this.#initial
  }

  /** Whether it finds what it found. */
  explains({ key, found, not }: Step): boolean {
    const value = this.#valueOf(key)
    return (found === undefined || found === value) && (not === undefined || not !== value)
  }

  /** Whether it replaces a value that nobody else has yet to find. */
  mayReplace({ key, found }: Step): boolean {
    const left = this.#waiting.get(nameOf(key, this.#valueOf(key))) ?? 0
    return left === (found === undefined ? 0 : 1)
  }

  take({ key, found, wrote }: Step): void {
    if (found !== undefined) this.#expect(key, found, -1)
    if (wrote !== undefined) this.#values.set(key, wrote)
  }

  /** What the rest of the search depends on, together with what was taken. */
  get state(): string {
    return [...this.#values]
      .map(([key, value]) => nameOf(key, value))
      .sort()
      .join()
  }

  /** Undoes `take`: the value that the key had is given. */
  untake({ key, found }: Step, value: RegisterValue | undefined): void {
    if (found !== undefined) this.#expect(key, found, 1)
    if (value === undefined) this.#values.delete(key)
    else this.#values.set(key, value)
  }

  held(key: Scalar): RegisterValue | undefined {
    return this.#values.get(key)
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
  const undo: { readonly step: number; readonly value: RegisterValue | undefined }[] = []
  const take = (step: number): void => {
    const of = steps[step] as Step
    undo.push({ step, value: registers.held(of.key) })
    registers.take(of)
    free.delete(step)
    for (const next of after[step] as number[]) if (--(waiting[next] as number) === 0) free.add(next)
  }
  const goBackTo = (length: number): void => {
    while (undo.length > length) {
      const { step, value } = undo.pop() as (typeof undo)[number]
      for (const next of after[step] as number[]) if ((waiting[next] as number)++ === 0) free.delete(next)
      free.add(step)
      registers.untake(steps[step] as Step, value)
    }
  }
  const takeReads = (): void => {
    for (let some = true; some; ) {
      some = false
      for (const step of [...free]) {
        const of = steps[step] as Step
        if (of.wrote !== undefined || !registers.explains(of)) continue
        take(step)
        some = true
      }
    }
  }
  const choices = (): number[] =>
    [...free]
      .filter((step) => {
        const of = steps[step] as Step
        return of.wrote !== undefined && registers.explains(of) && registers.mayReplace(of)
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
