/** The operations of the page as columns. If there are too many, some windows in full, and the others as densities. */
import type { Pair, Sequence } from '../api/history.ts'
import type { HeldValues, Vocabulary } from '../api/vocabulary.ts'
import { printJson } from '../support/json.ts'
import { NS_PER_MS } from '../support/time.ts'
import { clip } from '../support/visible.ts'
import { Lines, Varints } from './columns.ts'

export const OUTCOMES = ['ok', 'fail', 'info'] as const
export type Outcome = (typeof OUTCOMES)[number]

/** What the first picture of the page needs, in the order of the operations' invocations. */
export const FIRST_COLUMNS = [
  /** From each invocation to the next. */
  'start',
  /** From the invocation to the completion, plus 1; 0: it never completed. */
  'duration',
  /** The line in which it is drawn. */
  'row',
  /** Index into `OUTCOMES`. */
  'outcome',
  /** Index of the invocation in the history, from the one before. */
  'index',
  /** From the index of the invocation to that of the completion; 0: none. */
  'completion',
] as const

/** What is told of operations. */
export const LATER_COLUMNS = [
  'process',
  /** Index into `calls`. */
  'f',
  /** 0: none; else 1 plus the index into `objects`. */
  'object',
  /** The node that the client was bound to: 0: none; else 1 plus the index into `nodes`. */
  'node',
  /** The node that served it, by its answer. */
  'served',
  /** Of an operation in doubt: 1 plus the place of the later answer that proves that it took effect; 0: none. */
  'proof',
] as const

/** JSON, but for errors. The answer `=`: it is the same as the value. */
export const TEXT_COLUMNS = ['value', 'answer', 'error', 'meta'] as const

export type FirstColumn = (typeof FIRST_COLUMNS)[number]
export type LaterColumn = (typeof LATER_COLUMNS)[number]
export type NumberColumn = FirstColumn | LaterColumn
export type TextColumn = (typeof TEXT_COLUMNS)[number]
export type OperationColumn = NumberColumn | TextColumn

export interface OperationColumns {
  readonly count: number
  /** ms that one unit of the columns of time is. */
  readonly tickMs: number
  /** Names of the calls. */
  readonly calls: readonly string[]
  /** Names of objects, such as keys. */
  readonly objects: readonly string[]
  readonly nodes: readonly string[]
  readonly columns: Readonly<Record<OperationColumn, Uint8Array>>
}

/** Names as small numbers, in the order in which they come up. */
class Names {
  readonly all: string[] = []
  readonly #numbers = new Map<string, number>()

  /** From 0. */
  of(name: string): number {
    const known = this.#numbers.get(name)
    if (known !== undefined) return known
    this.#numbers.set(name, this.all.length)
    return this.all.push(name) - 1
  }

  /** From 1; 0 for no name. */
  optional(name: string | undefined): number {
    return name === undefined ? 0 : 1 + this.of(name)
  }
}

/** Longer texts are cut: a value of a megabyte helps nobody on a page. */
const MAX_TEXT = 2000

/** Whole numbers keep all their digits. */
const textOf = (value: unknown): string => clip(printJson(value) ?? '', MAX_TEXT)

const NS_PER_MICROSECOND = 1e3
/** In a short history, a tick is a nanosecond: an imported one may have no other times. */
const SHORT_NS = 1e9

const tickNsOf = (pairs: Sequence<Pair>): number => {
  const first = pairs.at(0)?.invocation.timeNs ?? 0
  const last = pairs.at(-1)?.invocation.timeNs ?? 0
  return last - first < SHORT_NS ? 1 : NS_PER_MICROSECOND
}

const objectOf = (vocabulary: Vocabulary | null, { f, value }: Pair['invocation']): string | undefined => {
  const objects = vocabulary?.calls[f]?.objects
  if (objects !== undefined) return objects(value)[0]
  const key = (value as { readonly key?: unknown } | null)?.key
  return typeof key === 'string' || typeof key === 'number' ? String(key) : undefined
}

const shortObject = (name: string | undefined): string | undefined =>
  name === undefined ? undefined : clip(name, MAX_TEXT)

/** A text for each value that a key holds. */
const valuesOf = ({ key, values }: HeldValues): readonly string[] =>
  values.map((value) => printJson([key, value]))

/** What operations in doubt wrote -> the place of the only one that wrote it. */
const writersInDoubt = (
  pairs: Sequence<Pair>,
  written: (pair: Pair) => readonly string[],
): ReadonlyMap<string, number> => {
  const writers = new Map<string, number>()
  const isInDoubt = ({ completion }: Pair): boolean => completion === null || completion.type === 'info'
  for (const [place, pair] of pairs.entries())
    if (isInDoubt(pair)) for (const what of written(pair)) writers.set(what, place)
  if (writers.size === 0) return writers
  for (const [place, pair] of pairs.entries())
    for (const what of written(pair)) if (writers.get(what) !== place) writers.delete(what)
  return writers
}

/**
 * For the place of each operation in doubt, the place of the first later answer that proves that it took effect. What
 * several operations write proves none of them.
 */
const proofsOf = (pairs: Sequence<Pair>, vocabulary: Vocabulary | null): ReadonlyMap<number, number> => {
  const callOf = ({ invocation: { f } }: Pair) => vocabulary?.calls[f]
  const writers = writersInDoubt(pairs, (pair) =>
    (callOf(pair)?.writes?.(pair.invocation.value) ?? []).flatMap(valuesOf),
  )
  const proofs = new Map<number, number>()
  if (writers.size === 0) return proofs
  const endOf = (place: number): number => pairs.at(place)?.completion?.index ?? Number.POSITIVE_INFINITY
  for (const [place, pair] of pairs.entries()) {
    if (pair.completion?.type !== 'ok') continue
    for (const what of (callOf(pair)?.reads?.(pair.completion.value) ?? []).flatMap(valuesOf)) {
      const writer = writers.get(what)
      if (writer === undefined) continue
      const known = proofs.get(writer)
      if (known === undefined || endOf(place) < endOf(known)) proofs.set(writer, place)
    }
  }
  return proofs
}

const servedBy = ({ completion }: Pair): string | undefined => {
  const node = completion?.meta?.servedBy
  return typeof node === 'string' ? node : undefined
}

/** The values of one operation in the columns. */
type Row = Readonly<Record<NumberColumn, number> & Record<TextColumn, string>>

class Columns {
  readonly #numbers = [...FIRST_COLUMNS, ...LATER_COLUMNS].map((name) => ({ name, column: new Varints() }))
  readonly #texts = TEXT_COLUMNS.map((name) => ({ name, column: new Lines() }))

  push(row: Row): void {
    for (const { name, column } of this.#numbers) column.push(row[name])
    for (const { name, column } of this.#texts) column.push(row[name])
  }

  bytes(): OperationColumns['columns'] {
    const all = [...this.#numbers, ...this.#texts]
    return Object.fromEntries(all.map(({ name, column }) => [name, column.bytes()])) as Record<
      OperationColumn,
      Uint8Array
    >
  }
}

/** Times as whole ticks that do not go back. */
class Ticks {
  readonly #tickNs: number
  #last = 0

  constructor(tickNs: number) {
    this.#tickNs = tickNs
  }

  of({ invocation, completion }: Pair): { readonly start: number; readonly duration: number } {
    const at = Math.max(this.#last, Math.round(invocation.timeNs / this.#tickNs))
    const start = at - this.#last
    this.#last = at
    if (completion === null) return { start, duration: 0 }
    return { start, duration: 1 + Math.max(0, Math.round(completion.timeNs / this.#tickNs) - at) }
  }
}

const textsOf = ({ invocation, completion }: Pair): Record<TextColumn, string> => {
  const value = textOf(invocation.value)
  const answer = completion?.type === 'ok' ? textOf(completion.value) : ''
  return {
    value,
    answer: answer === value ? '=' : answer,
    error: clip(completion?.error ?? '', MAX_TEXT),
    meta: completion?.meta === undefined ? '' : textOf(completion.meta),
  }
}

/** @param rowOf the line in which an operation is drawn, from 0 */
export const operationColumns = (
  pairs: Sequence<Pair>,
  rowOf: (pair: Pair) => number,
  vocabulary: Vocabulary | null,
): OperationColumns => {
  const tickNs = tickNsOf(pairs)
  const ticks = new Ticks(tickNs)
  const [calls, objects, nodes] = [new Names(), new Names(), new Names()]
  const proofs = proofsOf(pairs, vocabulary)
  const columns = new Columns()
  let lastIndex = 0
  for (const [place, pair] of pairs.entries()) {
    const { invocation, completion } = pair
    columns.push({
      ...ticks.of(pair),
      ...textsOf(pair),
      row: rowOf(pair),
      process: Math.max(0, Number(invocation.process)),
      outcome: OUTCOMES.indexOf((completion?.type ?? 'info') as (typeof OUTCOMES)[number]),
      f: calls.of(invocation.f),
      object: objects.optional(shortObject(objectOf(vocabulary, invocation))),
      node: nodes.optional(invocation.node),
      served: nodes.optional(servedBy(pair)),
      index: invocation.index - lastIndex,
      completion: completion === null ? 0 : completion.index - invocation.index,
      proof: 1 + (proofs.get(place) ?? -1),
    })
    lastIndex = invocation.index
  }
  return {
    count: pairs.length,
    tickMs: tickNs / NS_PER_MS,
    calls: calls.all,
    objects: objects.all,
    nodes: nodes.all,
    columns: columns.bytes(),
  }
}
