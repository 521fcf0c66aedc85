/** The data that the state machine keeps for one vocabulary: deterministic, and saved with every snapshot. */
import type { Call } from '../../../harness/api/history.ts'
import type { Scalar } from '../../../harness/vocabularies/values.ts'

/** The position of a call in the log, and its session. */
export interface Position {
  readonly index: number
  readonly term: number
  readonly session: number
}

export interface Structure {
  /** Applies a committed call. */
  execute(call: Call, at: Position): unknown
  /** What a call that changes nothing returns. */
  read(call: Call): unknown
  /** Does not depend on the order of items; kept up to date with every change. */
  readonly digest: number
  /** As JSON. */
  save(): unknown
}

/** @param saved what `save` returned; null at the beginning */
export type MakeStructure = (saved: unknown) => Structure

/** FNV-1a, over UTF-16 units. */
export const hashText = (text: string, start = 0): number => {
  let h = start ^ 0x811c9dc5
  for (let at = 0; at < text.length; at++) h = Math.imul(h ^ text.charCodeAt(at), 0x01000193)
  return h >>> 0
}

/** A map of small values with a digest of its content: the sum of the hashes of its items. */
export class DigestMap<K extends Scalar, V> {
  readonly #items: Map<K, V>
  digest = 0

  constructor(items: readonly (readonly [K, V])[] = []) {
    this.#items = new Map(items)
    for (const [key, value] of this.#items) this.#add(key, value)
  }

  get size(): number {
    return this.#items.size
  }

  get(key: K): V | undefined {
    return this.#items.get(key)
  }

  /** A value in the map must never be changed, only replaced. */
  set(key: K, value: V): void {
    this.delete(key)
    this.#items.set(key, value)
    this.#add(key, value)
  }

  delete(key: K): void {
    const old = this.#items.get(key)
    if (old === undefined) return
    this.#items.delete(key)
    this.digest = (this.digest - hashText(JSON.stringify([key, old]))) >>> 0
  }

  entries(): readonly (readonly [K, V])[] {
    return [...this.#items]
  }

  #add(key: K, value: V): void {
    this.digest = (this.digest + hashText(JSON.stringify([key, value]))) >>> 0
  }
}
