/**
 * A history as columns: the position, time, process, type, call and node of each operation as numbers, and its value, `meta`
 * and `error` as the JSON that they were written as. An operation becomes an object when somebody asks for it. Some 50 bytes
 * an operation, where objects take 500.
 */
import type { Meta, Operation, Pair, Sequence } from '../api/history.ts'
import { UserError } from '../support/assert.ts'
import { printJson } from '../support/json.ts'
import {
  CHUNK,
  CHUNK_BITS,
  type Chunk,
  Dictionary,
  headOf,
  MOST_CALLS,
  MOST_NODES,
  type Rest,
} from './chunk.ts'
import { Chunks, type Room } from './chunks.ts'
import type { LineScan } from './line-scan.ts'
import { PagedNumbers } from './paged-numbers.ts'
import { Pairing } from './pairing.ts'
import { LazySequence } from './sequence.ts'

/** An operation in a chunk. Its value is parsed once, when it is asked for. */
class ColumnOperation implements Operation {
  readonly #chunk: Chunk
  readonly #row: number
  #value: unknown
  #isParsed = false
  #rest: Rest | null = null

  constructor(chunk: Chunk, row: number) {
    this.#chunk = chunk
    this.#row = row
  }

  get index(): number {
    return this.#chunk.index(this.#row)
  }

  get timeNs(): number {
    return this.#chunk.timeNs(this.#row)
  }

  get process(): Operation['process'] {
    return this.#chunk.process(this.#row)
  }

  get type(): Operation['type'] {
    return this.#chunk.type(this.#row)
  }

  get f(): string {
    return this.#chunk.f(this.#row)
  }

  get node(): string {
    // Absent, as in an object without the field.
    return this.#chunk.node(this.#row) as string
  }

  get value(): unknown {
    if (!this.#isParsed) {
      this.#value = this.#chunk.value(this.#row)
      this.#isParsed = true
    }
    return this.#value
  }

  get meta(): Meta {
    return this.#restOf().meta as Meta
  }

  get error(): string {
    return this.#restOf().error as string
  }

  #restOf(): Rest {
    this.#rest ??= this.#chunk.rest(this.#row)
    return this.#rest
  }

  /** As an object of its own. */
  toJSON(): Operation {
    const { index, timeNs, process, type, f, value, node } = this
    const rest = this.#restOf()
    return { index, timeNs, process, type, f, value, ...(node === undefined ? {} : { node }), ...rest }
  }
}

class ColumnPair implements Pair {
  readonly invocation: Operation
  readonly #complete: () => Operation | null
  #completion: Operation | null | undefined

  constructor(invocation: Operation, complete: () => Operation | null) {
    this.invocation = invocation
    this.#complete = complete
  }

  get completion(): Operation | null {
    if (this.#completion === undefined) this.#completion = this.#complete()
    return this.#completion
  }
}

/** The operations of a history and their pairs. */
export interface History {
  readonly history: Sequence<Operation>
  readonly pairs: Sequence<Pair>
}

/** What a history is made of. */
export interface Columns {
  readonly names: Dictionary
  readonly chunks: Chunks
  /** Operations. */
  readonly length: number
  /** The position of the invocation of each pair. */
  readonly invocations: PagedNumbers
  /** One more than the position of its completion; 0: none. */
  readonly completions: PagedNumbers
}

export const historyOf = ({ chunks, length, invocations, completions }: Columns): History => {
  const at = (position: number): Operation =>
    new ColumnOperation(chunks.at(position >>> CHUNK_BITS), position & (CHUNK - 1))
  const completionOf = (place: number): Operation | null => {
    const position = completions.at(place)
    return position === 0 ? null : at(position - 1)
  }
  return {
    history: new LazySequence(length, at),
    pairs: new LazySequence(
      invocations.length,
      (place) => new ColumnPair(at(invocations.at(place)), () => completionOf(place)),
    ),
  }
}

/** Takes a history operation by operation. */
export class HistoryBuilder {
  readonly #names = new Dictionary()
  readonly #chunks: Chunks
  #chunk: Chunk | null = null
  #length = 0
  readonly #pairing = new Pairing()
  readonly #invocations: PagedNumbers
  readonly #completions: PagedNumbers

  constructor(room: Room) {
    this.#chunks = new Chunks(this.#names, room)
    this.#invocations = new PagedNumbers(room.makeSpill, room.mostInMemory)
    this.#completions = new PagedNumbers(room.makeSpill, room.mostInMemory)
  }

  /**
   * Takes an operation of a line that was scanned.
   *
   * @param bytes in which the line stands
   * @param timeNs instead of the line's own time
   * @throws UserError where it breaks a rule of histories
   */
  appendScanned(scan: LineScan, bytes: Buffer, timeNs: number): Operation {
    const { callStart, callEnd, nodeStart, nodeEnd, valueStart, valueEnd, restStart, restEnd } = scan
    const { index, process, type } = scan
    const call = this.#names.calls.codeIn(bytes, callStart, callEnd)
    const node = nodeStart === nodeEnd ? -1 : this.#names.nodes.codeIn(bytes, nodeStart, nodeEnd)
    const long = this.#chunks.spillLong(this.#chunk, bytes, valueStart, valueEnd)
    const valueBytes = long === null ? valueEnd - valueStart : 0
    const chunk = this.#room(valueBytes + restEnd - restStart)
    if (long !== null) chunk.long.set(chunk.count, long)
    const used = chunk.used()
    const afterValue = used + bytes.copy(chunk.text, used, valueStart, valueStart + valueBytes)
    const end = afterValue + bytes.copy(chunk.text, afterValue, restStart, restEnd)
    return this.#push(chunk, { index, timeNs, process, type, call, node, afterValue, end })
  }

  /** @throws UserError where it breaks a rule of histories */
  append({ index, timeNs, process, type, f, node, value, meta, error }: Operation): Operation {
    const text = printJson(value)
    const rest = printJson({
      ...(meta === undefined ? {} : { meta }),
      ...(error === undefined ? {} : { error }),
    })
    const fields = rest.slice(1, -1)
    const chunk = this.#room(3 * (text.length + fields.length))
    const used = chunk.used()
    const afterValue = used + chunk.text.write(text, used)
    const end = afterValue + chunk.text.write(fields, afterValue)
    return this.#push(chunk, {
      ...{ index, timeNs, process, type, afterValue, end },
      call: this.#names.calls.codeOf(f),
      node: node === undefined ? -1 : this.#names.nodes.codeOf(node),
    })
  }

  #room(bytes: number): Chunk {
    if (this.#chunk === null || this.#chunk.count === CHUNK) {
      if (this.#chunk !== null) this.#chunks.add(this.#chunk)
      this.#chunk = this.#chunks.make()
    }
    this.#chunk.reserve(bytes)
    return this.#chunk
  }

  #push(
    chunk: Chunk,
    told: Pick<Operation, 'index' | 'timeNs' | 'process' | 'type'> & {
      readonly call: number
      readonly node: number
      readonly afterValue: number
      readonly end: number
    },
  ): Operation {
    if (told.call >= MOST_CALLS || told.node >= MOST_NODES)
      throw new UserError(
        `Operation ${told.index}: a history has at most ${MOST_CALLS} calls and ${MOST_NODES} nodes.`,
      )
    const row = chunk.count++
    const { columns } = chunk
    columns.index[row] = told.index
    columns.timeNs[row] = told.timeNs
    columns.process[row] = this.#names.codeOfProcess(told.process)
    columns.head[row] = headOf(told.type, told.call, told.node)
    columns.valueEnd[row] = told.afterValue
    columns.end[row] = told.end
    const position = this.#length++
    const operation = new ColumnOperation(chunk, row)
    this.#pair(operation, position)
    return operation
  }

  #pair(operation: Operation, position: number): void {
    const place = this.#pairing.add(operation)
    if (place === null) return
    if (place < this.#invocations.length) {
      this.#completions.set(place, position + 1)
      return
    }
    this.#invocations.push(position)
    this.#completions.push(0)
  }

  /** What has been taken. Nothing more may be taken after it. */
  finish(): Columns {
    if (this.#chunk !== null) this.#chunks.add(this.#chunk)
    return {
      names: this.#names,
      chunks: this.#chunks,
      length: this.#length,
      invocations: this.#invocations,
      completions: this.#completions,
    }
  }
}
