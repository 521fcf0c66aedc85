/**
 * What a quorum system is good for, exactly: by looking at every set of its nodes. A set is a whole number whose bits are
 * nodes. Sources: Gifford 1979 (weights), Malkhi and Reiter 1998 (Byzantine quorums), Howard, Malkhi and Spiegelman 2016
 * (two systems of which each quorum of the one must meet each of the other).
 */
import { UserError } from '../support/assert.ts'
import type { Formula } from './expression.ts'

/** A million sets: more nodes take seconds for each question. */
export const MOST_NODES = 20

const nodesIn = (formula: Formula): readonly string[] =>
  'node' in formula ? [formula.node] : formula.parts.flatMap((part) => nodesIn(part.formula))

/** The nodes of all systems, each once, in the order in which they are named. */
export const nodesOf = (formulas: readonly Formula[]): readonly string[] => {
  const nodes = [...new Set(formulas.flatMap(nodesIn))]
  if (nodes.length > MOST_NODES)
    throw new UserError(
      `${nodes.length} nodes are too many: every set of them is looked at, so at most ${MOST_NODES} can be.`,
    )
  return nodes
}

const holdsIn = (formula: Formula, bitOf: ReadonlyMap<string, number>): ((set: number) => boolean) => {
  if ('node' in formula) {
    const bit = 1 << (bitOf.get(formula.node) as number)
    return (set) => (set & bit) !== 0
  }
  const parts = formula.parts.map((part) => ({ holds: holdsIn(part.formula, bitOf), weight: part.weight }))
  return (set) => {
    let weight = 0
    for (const part of parts) if (part.holds(set)) weight += part.weight
    return weight >= formula.threshold
  }
}

/** Whether these nodes have a quorum. */
export const hasQuorum = (formula: Formula, nodes: ReadonlySet<string>): boolean => {
  if ('node' in formula) return nodes.has(formula.node)
  let weight = 0
  for (const part of formula.parts) if (hasQuorum(part.formula, nodes)) weight += part.weight
  return weight >= formula.threshold
}

const bitsIn = (set: number): number => {
  let count = 0
  for (let left = set; left !== 0; left &= left - 1) count++
  return count
}

/** Two quorums and what they share. */
export interface Meeting {
  readonly one: readonly string[]
  readonly other: readonly string[]
  /** The fewest nodes that any two quorums share. 0: these two do not meet. */
  readonly shared: number
}

export class Quorums {
  readonly nodes: readonly string[]
  /** By set: 1 if it has a quorum. */
  readonly #has: Uint8Array
  readonly #everyone: number

  /** @param nodes all that are asked about, also those of other systems */
  constructor(formula: Formula, nodes: readonly string[]) {
    this.nodes = nodes
    this.#everyone = 2 ** nodes.length - 1
    const holds = holdsIn(formula, new Map(nodes.map((node, bit) => [node, bit])))
    this.#has = Uint8Array.from({ length: this.#everyone + 1 }, (_, set) => Number(holds(set)))
  }

  #named(set: number): readonly string[] {
    return this.nodes.filter((_, bit) => (set & (1 << bit)) !== 0)
  }

  /** Without nodes that are not needed. */
  #isMinimal(set: number): boolean {
    if (this.#has[set] === 0) return false
    for (let bit = 0; bit < this.nodes.length; bit++)
      if ((set & (1 << bit)) !== 0 && this.#has[set & ~(1 << bit)] === 1) return false
    return true
  }

  /** A quorum within the set, which has one. */
  #within(set: number): number {
    let quorum = set
    for (let bit = 0; bit < this.nodes.length; bit++)
      if (this.#has[quorum & ~(1 << bit)] === 1) quorum &= ~(1 << bit)
    return quorum
  }

  /** How many quorums there are from which no node can be left out, and how many nodes they have. */
  sizes(): { readonly quorums: number; readonly least: number; readonly most: number } {
    let [quorums, least, most] = [0, Number.POSITIVE_INFINITY, 0]
    for (let set = 0; set <= this.#everyone; set++) {
      if (!this.#isMinimal(set)) continue
      const size = bitsIn(set)
      quorums++
      least = Math.min(least, size)
      most = Math.max(most, size)
    }
    return { quorums, least, most }
  }

  /** The most nodes of which any may crash, and a quorum is left; -1: there is no quorum at all. */
  crashes(): number {
    let fewest = this.nodes.length + 1
    for (let set = 0; set <= this.#everyone; set++)
      if (this.#has[this.#everyone & ~set] === 0) fewest = Math.min(fewest, bitsIn(set))
    return fewest - 1
  }

  /** By set: the fewest nodes with which it has a quorum. */
  #missing(): Uint8Array {
    const missing = new Uint8Array(this.#everyone + 1)
    for (let set = this.#everyone; set >= 0; set--) {
      if (this.#has[set] === 1) continue
      let fewest = 254
      for (let bit = 0; bit < this.nodes.length; bit++)
        if ((set & (1 << bit)) === 0) fewest = Math.min(fewest, missing[set | (1 << bit)] as number)
      missing[set] = fewest + 1
    }
    return missing
  }

  /** Where a quorum of this and one of another system share the fewest nodes. Null: one of them has no quorum. */
  meeting(other: Quorums): Meeting | null {
    if (this.#has[this.#everyone] === 0 || other.#has[this.#everyone] === 0) return null
    const missing = other.#missing()
    let [best, shared] = [this.#everyone, Number.POSITIVE_INFINITY]
    // The other quorum takes whatever is not in the one, and as few nodes of it as it needs.
    for (let set = 0; set <= this.#everyone; set++) {
      const needed = missing[this.#everyone & ~set] as number
      if (this.#has[set] === 1 && needed < shared) [best, shared] = [set, needed]
    }
    const one = this.#within(best)
    return { one: this.#named(one), other: this.#named(other.#sharingFewest(one, missing)), shared }
  }

  /** A quorum that shares as few nodes as possible with the set. @param missing by set */
  #sharingFewest(set: number, missing: Uint8Array): number {
    let quorum = this.#everyone & ~set
    while (this.#has[quorum] === 0) {
      const left = missing[quorum] as number
      for (let bit = 0; bit < this.nodes.length; bit++)
        if ((quorum & (1 << bit)) === 0 && missing[quorum | (1 << bit)] === left - 1) {
          quorum |= 1 << bit
          break
        }
    }
    return this.#within(quorum)
  }

  /** The probability that the nodes that are up have a quorum. @param up by node, from 0 to 1, independent of each other */
  availability(up: readonly number[]): number {
    let sum = 0
    const visit = (bit: number, set: number, probability: number): void => {
      if (probability === 0) return
      if (bit === this.nodes.length) {
        if (this.#has[set] === 1) sum += probability
        return
      }
      const own = up[bit] as number
      visit(bit + 1, set | (1 << bit), probability * own)
      visit(bit + 1, set, probability * (1 - own))
    }
    visit(0, 0, 1)
    return sum
  }
}

/**
 * How many liars a system stands: with them silent a quorum must be left, and any two quorums must share an honest node
 * (`signed`: values that liars cannot forge, Malkhi and Reiter's dissemination quorums), or more honest nodes than liars
 * (`unsigned`: masking quorums). -1: not even with none.
 */
export const liars = (
  crashes: number,
  shared: number,
): { readonly signed: number; readonly unsigned: number } => ({
  signed: Math.min(crashes, shared - 1),
  unsigned: Math.min(crashes, Math.floor((shared - 1) / 2)),
})
