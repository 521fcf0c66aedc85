/** The operations as the page uses them: typed arrays, and texts that are read when they are needed. */
import { readVarints, StoredLines } from '../columns.ts'
import type { ReportData } from '../data.ts'
import {
  FIRST_COLUMNS,
  type FirstColumn,
  LATER_COLUMNS,
  type LaterColumn,
  OUTCOMES,
  TEXT_COLUMNS,
  type TextColumn,
} from '../operations.ts'
import { unpack, wholeFile } from './unpack.ts'

const MAX_LABEL = 120
/** What stands for an answer that is the same as the value. */
const SAME = '='

const readNumbers = async <Name extends string>(
  names: readonly Name[],
  count: number,
): Promise<Record<Name, Float64Array>> => {
  const columns = await Promise.all(
    names.map(async (name) => [name, readVarints(await unpack(`column-${name}`), count)] as const),
  )
  return Object.fromEntries(columns) as Record<Name, Float64Array>
}

export class History {
  readonly count: number
  /** In ms since the start of the run. An operation that never completed ends at infinity. */
  readonly startMs: Float64Array
  readonly endMs: Float64Array
  readonly #data: ReportData['operations']
  readonly #first: Readonly<Record<FirstColumn, Float64Array>>
  /** Index of each invocation in the history. */
  readonly index: Float64Array
  /** The greatest distance from an invocation to its completion, in indices of the history. */
  readonly #longest: number
  /** Null: not read yet. */
  #later: Readonly<Record<LaterColumn, Float64Array>> | null = null
  #texts: Readonly<Record<TextColumn, StoredLines>> | null = null

  private constructor(data: ReportData['operations'], first: Record<FirstColumn, Float64Array>) {
    const { count, tickMs } = data
    this.count = count
    this.#data = data
    this.#first = first
    this.startMs = new Float64Array(count)
    this.endMs = new Float64Array(count)
    this.index = new Float64Array(count)
    let tick = 0
    let index = 0
    let longest = 0
    for (let i = 0; i < count; i++) {
      tick += first.start[i] as number
      index += first.index[i] as number
      const duration = first.duration[i] as number
      this.startMs[i] = tick * tickMs
      this.endMs[i] = duration === 0 ? Number.POSITIVE_INFINITY : (tick + duration - 1) * tickMs
      this.index[i] = index
      longest = Math.max(longest, first.completion[i] as number)
    }
    this.#longest = longest
  }

  /** What the first picture needs; `readRest` reads the rest. */
  static async read(data: ReportData['operations']): Promise<History> {
    return new History(data, await readNumbers(FIRST_COLUMNS, data.count))
  }

  async readRest(): Promise<void> {
    await wholeFile()
    this.#later = await readNumbers(LATER_COLUMNS, this.count)
    const columns = await Promise.all(
      TEXT_COLUMNS.map(
        async (name) => [name, new StoredLines(await unpack(`column-${name}`), this.count)] as const,
      ),
    )
    this.#texts = Object.fromEntries(columns) as Record<TextColumn, StoredLines>
  }

  /** Whether all has been read. Before, calls, objects, nodes and texts are not known. */
  get isWhole(): boolean {
    return this.#texts !== null
  }

  row(place: number): number {
    return this.#first.row[place] as number
  }

  process(place: number): number {
    return this.#later?.process[place] ?? 0
  }

  outcomeNumber(place: number): number {
    return this.#first.outcome[place] as number
  }

  outcome(place: number): (typeof OUTCOMES)[number] {
    return OUTCOMES[this.outcomeNumber(place)] ?? 'info'
  }

  call(place: number): string {
    return this.#data.calls[this.#later?.f[place] ?? -1] ?? ''
  }

  object(place: number): string | null {
    return this.#named('object', place, this.#data.objects)
  }

  /** The node that the client was bound to. */
  node(place: number): string | null {
    return this.#named('node', place, this.#data.nodes)
  }

  /** The node that served it, by its answer. */
  served(place: number): string | null {
    return this.#named('served', place, this.#data.nodes)
  }

  #named(column: 'object' | 'node' | 'served', place: number, names: readonly string[]): string | null {
    const number = this.#later?.[column][place] ?? 0
    return number === 0 ? null : (names[number - 1] ?? null)
  }

  isInDoubt(place: number): boolean {
    return this.outcome(place) === 'info'
  }

  /** Of an operation in doubt: the later answer that proves that it took effect. */
  proof(place: number): number | null {
    const proof = this.#later?.proof[place] ?? 0
    return proof === 0 ? null : proof - 1
  }

  value(place: number): string {
    return this.#texts?.value.at(place) ?? ''
  }

  answer(place: number): string {
    const answer = this.#texts?.answer.at(place) ?? ''
    return answer === SAME ? this.value(place) : answer
  }

  /** Which operations contain a text, in any case: 1 for each that does. @param wanted not empty, of one line */
  containing(wanted: string): Uint8Array {
    const text = wanted.toLowerCase()
    const isFound = new Uint8Array(this.count)
    const find = (place: number): void => {
      isFound[place] = 1
    }
    const { value, answer, error, meta } = this.#texts as Readonly<Record<TextColumn, StoredLines>>
    for (const column of [value, error, meta]) column.search(text, find)
    answer.search(text, (place) => {
      // The same as the value, which has been searched.
      if (answer.at(place) !== SAME) find(place)
    })
    const hasText = this.#data.calls.map((call) => call.toLowerCase().includes(text))
    const calls = this.#later?.f
    for (let place = 0; place < this.count; place++)
      if (hasText[calls?.[place] as number] === true) find(place)
    return isFound
  }

  error(place: number): string {
    return this.#texts?.error.at(place) ?? ''
  }

  meta(place: number): string {
    return this.#texts?.meta.at(place) ?? ''
  }

  /** Such as `read {"key":5} -> {"key":5,"value":3}`. */
  label(place: number): string {
    const value = this.outcome(place) === 'ok' ? this.answer(place) : this.value(place)
    const text = `${this.call(place)} ${value}`
    return text.length > MAX_LABEL ? `${text.slice(0, MAX_LABEL)}...` : text
  }

  /** The place of the operation whose invocation or completion has this index in the history; null: the page lacks it. */
  placeOf(index: number): number | null {
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.index[middle] as number) < index) low = middle + 1
      else high = middle
    }
    if (this.index[low] === index) return low
    // A completion: its invocation is before it, no further than the longest operation reaches.
    for (let place = low - 1; place >= 0; place--) {
      const invocation = this.index[place] as number
      if (invocation + this.#longest < index) return null
      if (invocation + (this.#first.completion[place] as number) === index) return place
    }
    return null
  }

  /** The first place whose operation was invoked at that time or later. */
  firstFrom(timeMs: number): number {
    let low = 0
    let high = this.count
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.startMs[middle] as number) < timeMs) low = middle + 1
      else high = middle
    }
    return low
  }
}
