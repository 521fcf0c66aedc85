/** Operations on registers with what they read and wrote, as columns: some 60 bytes each, so that millions are judged. Pure. */
import type { Pair, Sequence } from '../../harness/api/history.ts'
import { Growing } from '../../harness/support/growing.ts'
import type { RegisterValue } from '../../harness/vocabularies/register.ts'
import { held, inText, type Scalar } from '../../harness/vocabularies/values.ts'
import { TextNumbering } from '../text-numbering.ts'

/** In place of the number of a value: the operation does not read, or does not write. */
export const NONE = -1
/** The operation read a register that holds nothing. */
export const NOTHING = -2

interface Meaning {
  readonly key: Scalar
  /** Undefined: it does not read. */
  readonly read: RegisterValue | undefined
  /** Null: it does not write. */
  readonly written: Scalar | null
}

/** Null for an operation that restricts nothing. */
const meaningOf = ({ invocation, completion }: Pair): Meaning | null => {
  const { f, value } = invocation
  const { key } = value as { key: Scalar }
  if (completion?.type === 'fail') return null
  const isOk = completion?.type === 'ok'
  if (f === 'write') return { key, read: undefined, written: (value as { value: Scalar }).value }
  if (f === 'cas') {
    const { expected, next } = value as { expected: RegisterValue; next: Scalar }
    // If the outcome is unknown, it is also unknown whether it read the expected value.
    if (!isOk) return { key, read: undefined, written: next }
    return (completion.value as { applied: boolean }).applied ? { key, read: expected, written: next } : null
  }
  return isOk ? { key, read: (completion.value as { value: RegisterValue }).value, written: null } : null
}

/** What an operation read, where it has a meaning and reads. */
export const valueRead = (pair: Pair): RegisterValue | undefined => meaningOf(pair)?.read

/** What an operation wrote, where it has a meaning and writes. */
export const writtenBy = (pair: Pair): { readonly key: Scalar; readonly value: Scalar } => {
  const { key, written } = meaningOf(pair) as Meaning
  return { key, value: written as Scalar }
}

const ints = (): Growing<Int32Array<ArrayBuffer>> => new Growing(Int32Array)

/** All columns are by operation, in order of invocation, if nothing else is said. */
export class CausalOperations {
  /** Its place among the pairs of the record. */
  readonly pair = ints()
  /** Its number; keys are numbered from 0. */
  readonly key = ints()
  /** Number of the value, of this key, that it read; NONE, NOTHING. */
  readonly read = ints()
  /** Number of the value that it wrote; NONE. */
  readonly written = ints()
  /** Its process, numbered from 0. */
  readonly session = ints()
  /** Within its session, from 1. */
  readonly place = ints()
  /** The operation before it in its session; NONE. */
  readonly before = ints()
  /** By number of the value: the operation that wrote it; NONE: nobody did. */
  readonly writers = ints()
  /** The first operation that wrote a value which another had written to the key. Null: there is none. */
  readonly twice: number | null = null
  readonly #keys = new TextNumbering()
  readonly #values = new TextNumbering()
  /** By session: its last operation. */
  readonly #last = ints()
  reads = 0

  /** @param initial the value of an unwritten register: reading it means finding nothing */
  constructor(pairs: Sequence<Pair>, initial: RegisterValue) {
    const sessions = new Map<number | string, number>()
    for (const [pair, each] of pairs.entries()) {
      const meaning = meaningOf(each)
      if (meaning === null) continue
      const { process } = each.invocation
      const session = sessions.get(process) ?? sessions.size
      sessions.set(process, session)
      const at = this.#add(pair, session, meaning, initial)
      if (!this.#write(at)) this.twice ??= at
    }
  }

  get count(): number {
    return this.pair.length
  }

  get sessions(): number {
    return this.#last.length
  }

  get keys(): number {
    return this.#keys.count
  }

  #add(pair: number, session: number, { key, read, written }: Meaning, initial: RegisterValue): number {
    const at = this.count
    const isNew = session === this.#last.length
    const before = isNew ? NONE : this.#last.at(session)
    if (isNew) this.#last.push(at)
    else this.#last.set(session, at)
    this.pair.push(pair)
    this.key.push(this.#keys.numberOf(inText(key)))
    this.read.push(
      read === undefined ? NONE : read === null || read === initial ? NOTHING : this.#valueOf(key, read),
    )
    this.written.push(written === null ? NONE : this.#valueOf(key, written))
    this.session.push(session)
    this.place.push(before === NONE ? 1 : this.place.at(before) + 1)
    this.before.push(before)
    if (read !== undefined) this.reads++
    return at
  }

  #valueOf(key: Scalar, value: Scalar): number {
    const number = this.#values.numberOf(held(key, value))
    if (number === this.writers.length) this.writers.push(NONE)
    return number
  }

  /** False: the value was written before. */
  #write(at: number): boolean {
    const value = this.written.at(at)
    if (value === NONE) return true
    if (this.writers.at(value) !== NONE) return false
    this.writers.set(value, at)
    return true
  }

  /** The write of the value that it read; NONE: it read none, or one that nobody wrote. */
  writerOf(at: number): number {
    const read = this.read.at(at)
    return read < 0 ? NONE : this.writers.at(read)
  }
}

const [UNSEEN, BEGUN, DONE] = [0, 1, 2]

/** Each operation with those that follow from it behind it; or operations that are causes of each other. */
export type CausalOrder = { readonly order: Int32Array } | { readonly circle: readonly number[] }

/**
 * Causes before effects, and otherwise in order of invocation: what is near in time stays near. It goes back from each operation
 * to its causes first (Tarjan 1976).
 */
export const causalOrder = (operations: CausalOperations): CausalOrder => {
  const { count, before } = operations
  const state = new Uint8Array(count)
  const order = new Int32Array(count)
  const path: number[] = []
  let length = 0
  /** A cause of the operation that is not in the order yet; NONE. */
  const missing = (at: number): number => {
    const [earlier, writer] = [before.at(at), operations.writerOf(at)]
    if (earlier !== NONE && state[earlier] !== DONE) return earlier
    return writer !== NONE && writer !== at && state[writer] !== DONE ? writer : NONE
  }
  for (let root = 0; root < count; root++) {
    if (state[root] === UNSEEN) path.push(root)
    while (path.length > 0) {
      const at = path.at(-1) as number
      state[at] = BEGUN
      const cause = missing(at)
      if (cause === NONE) {
        state[at] = DONE
        order[length++] = at
        path.pop()
      } else if (state[cause] === BEGUN) {
        return { circle: path.slice(path.indexOf(cause)).toSorted((a, b) => a - b) }
      } else path.push(cause)
    }
  }
  return { order }
}
