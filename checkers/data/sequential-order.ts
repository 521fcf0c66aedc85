/**
 * Which operations must precede which in every order that explains a sequentially consistent history. It follows from the
 * order of each process and from who read whose value: if a read found what w wrote, then another write of that key which
 * precedes the read precedes w as well, and one which follows w follows the read. These rules are applied until nothing new
 * follows. A cycle refutes the history; no cycle proves nothing, since deciding is NP-complete (Gibbons and Korach 1997).
 */

/** An operation by its number: those of a process have ascending numbers. */
export interface Access {
  readonly process: number
  readonly reads: readonly {
    readonly key: number
    /** The operation whose value it found; `INITIAL`: none had written. */
    readonly from: number
  }[]
  /** The keys that it writes. */
  readonly writes: readonly number[]
}

export const INITIAL = -1

export type Reason = 'same process' | 'read its value' | 'wrote over what it read' | 'was written over before'

/** `before` must precede `after`. */
export interface Precedence {
  readonly before: number
  readonly after: number
  readonly reason: Reason
}

/** The successors of each operation, and as sets of bits all that must follow it. */
class Precedences {
  readonly #count: number
  readonly #next: Precedence[][]
  #follows: Uint32Array[] = []

  constructor(count: number) {
    this.#count = count
    this.#next = Array.from({ length: count }, () => [])
  }

  add(before: number, after: number, reason: Reason): void {
    this.#next[before]?.push({ before, after, reason })
  }

  next(operation: number): readonly Precedence[] {
    return this.#next[operation] as readonly Precedence[]
  }

  precedes(before: number, after: number): boolean {
    return (((this.#follows[before] as Uint32Array)[after >> 5] as number) & (1 << (after & 31))) !== 0
  }

  /** An order that respects all precedences; operations on cycles, and those that follow them, are missing. */
  #sorted(): readonly number[] {
    const waiting = new Int32Array(this.#count)
    for (const all of this.#next) for (const { after } of all) (waiting[after] as number)++
    const order = Array.from(waiting.keys()).filter((operation) => waiting[operation] === 0)
    for (const operation of order)
      for (const { after } of this.next(operation)) if (--(waiting[after] as number) === 0) order.push(after)
    return order
  }

  /** Computes what follows what. Null; or the operations among which there is a cycle. */
  close(): ReadonlySet<number> | null {
    const order = this.#sorted()
    if (order.length < this.#count) {
      const left = new Set(this.#next.keys())
      for (const operation of order) left.delete(operation)
      return left
    }
    const words = Math.ceil(this.#count / 32)
    this.#follows = new Array<Uint32Array>(this.#count)
    for (const operation of order.toReversed()) {
      const bits = new Uint32Array(words)
      for (const { after } of this.next(operation)) {
        const further = this.#follows[after] as Uint32Array
        for (let word = 0; word < words; word++) (bits[word] as number) |= further[word] as number
        ;(bits[after >> 5] as number) |= 1 << (after & 31)
      }
      this.#follows[operation] = bits
    }
    return null
  }
}

/** A shortest cycle through an operation among these; null if it is on none. */
const cycleThrough = (
  start: number,
  among: ReadonlySet<number>,
  precedences: Precedences,
): readonly Precedence[] | null => {
  const cameBy = new Map<number, Precedence>()
  const queue = [start]
  for (const operation of queue)
    for (const precedence of precedences.next(operation)) {
      const { after } = precedence
      if (!among.has(after) || cameBy.has(after)) continue
      cameBy.set(after, precedence)
      if (after !== start) queue.push(after)
    }
  const cycle: Precedence[] = []
  for (
    let at = cameBy.get(start);
    at !== undefined;
    at = at.before === start ? undefined : cameBy.get(at.before)
  )
    cycle.unshift(at)
  return cycle.length === 0 ? null : cycle
}

/** So many cycles are looked at; the shortest of them is told. */
const MOST_CYCLES = 50

const shortestCycle = (among: ReadonlySet<number>, precedences: Precedences): readonly Precedence[] => {
  const cycles: (readonly Precedence[])[] = []
  for (const start of among) {
    if (cycles.length === MOST_CYCLES) break
    const cycle = cycleThrough(start, among, precedences)
    if (cycle !== null) cycles.push(cycle)
  }
  return cycles.toSorted((a, b) => a.length - b.length)[0] ?? []
}

const known = (accesses: readonly Access[]): Precedences => {
  const precedences = new Precedences(accesses.length)
  const latest = new Map<number, number>()
  for (const [operation, { process, reads }] of accesses.entries()) {
    const previous = latest.get(process)
    if (previous !== undefined) precedences.add(previous, operation, 'same process')
    latest.set(process, operation)
    for (const { from } of reads) if (from !== INITIAL) precedences.add(from, operation, 'read its value')
  }
  return precedences
}

/** Adds what follows from one read and one other write of its key. Returns whether something was new. */
const infer = (precedences: Precedences, read: number, from: number, write: number): boolean => {
  if (from === INITIAL || precedences.precedes(from, write)) {
    if (precedences.precedes(read, write)) return false
    precedences.add(read, write, 'wrote over what it read')
    return true
  }
  if (!precedences.precedes(write, read) || precedences.precedes(write, from)) return false
  precedences.add(write, from, 'was written over before')
  return true
}

export type Precedenced =
  | { readonly type: 'cycle'; readonly cycle: readonly Precedence[] }
  /** The operations that must directly precede each one. */
  | { readonly type: 'no cycle'; readonly before: readonly (readonly number[])[] }

/** Key -> the operations that write it. */
const writersOf = (accesses: readonly Access[]): ReadonlyMap<number, readonly number[]> => {
  const writers = new Map<number, number[]>()
  for (const [operation, { writes }] of accesses.entries())
    for (const key of writes) {
      const known = writers.get(key) ?? []
      writers.set(key, known)
      known.push(operation)
    }
  return writers
}

export const precedencesOf = (accesses: readonly Access[]): Precedenced => {
  const precedences = known(accesses)
  const writers = writersOf(accesses)
  for (let isNew = true; isNew; ) {
    const among = precedences.close()
    if (among !== null) return { type: 'cycle', cycle: shortestCycle(among, precedences) }
    isNew = false
    for (const [operation, { reads }] of accesses.entries())
      for (const { key, from } of reads)
        for (const write of writers.get(key) ?? [])
          if (write !== from && write !== operation && infer(precedences, operation, from, write))
            isNew = true
  }
  const before: number[][] = accesses.map(() => [])
  for (const operation of accesses.keys())
    for (const { after } of precedences.next(operation)) before[after]?.push(operation)
  return { type: 'no cycle', before }
}
