/**
 * A history as columns: the position, time, process, type, call and node of each operation as numbers, and its value, `meta`
 * and `error` as the JSON that they were written as. An operation becomes an object when somebody asks for it. Some 50 bytes
 * an operation, where objects take 500.
 */
import { Buffer } from 'node:buffer'
import type { Meta, Operation, Pair, Sequence } from '../api/history.ts'
import { UserError } from '../support/assert.ts'
import { Growing } from '../support/growing.ts'
import { printJson } from '../support/json.ts'
import { JsonReader } from './json-read.ts'
import type { LineScan } from './line-scan.ts'
import { Names } from './names.ts'
import { Pairing } from './pairing.ts'
import { LazySequence } from './sequence.ts'

/** Operations of a chunk, as a power of 2. */
const CHUNK_BITS = 14
const CHUNK = 2 ** CHUNK_BITS
const FIRST_TEXT_BYTES = 2 ** 18

const TYPES = ['invoke', 'ok', 'fail', 'info'] as const

/** A head: two bits of type, 14 of the call's number, 16 of the node's number plus 1. */
const MOST_CALLS = 2 ** 14
const MOST_NODES = 2 ** 16 - 1

const headOf = (type: Operation['type'], call: number, node: number): number =>
  (TYPES.indexOf(type) | (call << 2) | ((node + 1) << 16)) >>> 0

/** What the numbers in the chunks of a history mean. */
class Dictionary {
  readonly calls = new Names()
  readonly nodes = new Names()
  readonly reader = new JsonReader()
  readonly #processes: Operation['process'][] = []
  readonly #processCodes = new Map<Operation['process'], number>()

  process(code: number): Operation['process'] {
    return this.#processes[code] as Operation['process']
  }

  codeOfProcess(process: Operation['process']): number {
    const known = this.#processCodes.get(process)
    if (known !== undefined) return known
    const code = this.#processes.push(process) - 1
    this.#processCodes.set(process, code)
    return code
  }
}

/** What an operation may have besides. */
type Rest = Pick<Operation, 'meta' | 'error'>
const NOTHING: Rest = {}

/** Successive operations. Their numbers are in arrays of a fixed length, their texts one after another. */
class Chunk {
  readonly names: Dictionary
  readonly timeNs = new Float64Array(CHUNK)
  readonly index = new Float64Array(CHUNK)
  readonly process = new Int32Array(CHUNK)
  readonly head = new Uint32Array(CHUNK)
  /** Where the value ends, and where the text ends that follows it: `meta` and `error` as fields of an object. */
  readonly valueEnd = new Uint32Array(CHUNK)
  readonly end = new Uint32Array(CHUNK)
  text = Buffer.allocUnsafeSlow(FIRST_TEXT_BYTES)
  count = 0

  constructor(names: Dictionary) {
    this.names = names
  }

  valueOf(row: number): unknown {
    const start = row === 0 ? 0 : (this.end[row - 1] as number)
    return this.names.reader.read(this.text, start, this.valueEnd[row] as number)
  }

  restOf(row: number): Rest {
    const [start, end] = [this.valueEnd[row] as number, this.end[row] as number]
    if (start === end) return NOTHING
    return JSON.parse(`{${this.text.toString('utf8', start, end)}}`) as Rest
  }

  /** Room for so many bytes more. */
  reserve(bytes: number): void {
    const used = this.used()
    if (used + bytes <= this.text.length) return
    const larger = Buffer.allocUnsafeSlow(Math.max(2 * this.text.length, used + bytes))
    this.text.copy(larger, 0, 0, used)
    this.text = larger
  }

  used(): number {
    return this.count === 0 ? 0 : (this.end[this.count - 1] as number)
  }

  /** Gives back the room that was not used. */
  seal(): void {
    this.text = Buffer.from(this.text.subarray(0, this.used()))
  }
}

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
    return this.#chunk.index[this.#row] as number
  }

  get timeNs(): number {
    return this.#chunk.timeNs[this.#row] as number
  }

  get process(): Operation['process'] {
    return this.#chunk.names.process(this.#chunk.process[this.#row] as number)
  }

  get type(): Operation['type'] {
    return TYPES[(this.#chunk.head[this.#row] as number) & 3] as Operation['type']
  }

  get f(): string {
    return this.#chunk.names.calls.at(((this.#chunk.head[this.#row] as number) >>> 2) & (MOST_CALLS - 1))
  }

  get node(): string {
    const node = (this.#chunk.head[this.#row] as number) >>> 16
    // Absent, as in an object without the field.
    return (node === 0 ? undefined : this.#chunk.names.nodes.at(node - 1)) as string
  }

  get value(): unknown {
    if (!this.#isParsed) {
      this.#value = this.#chunk.valueOf(this.#row)
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
    this.#rest ??= this.#chunk.restOf(this.#row)
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

/** Takes a history operation by operation. */
export class HistoryBuilder {
  readonly #names = new Dictionary()
  readonly #chunks: Chunk[] = []
  #chunk: Chunk | null = null
  #length = 0
  readonly #pairing = new Pairing()
  readonly #invocations = new Growing(Uint32Array)
  /** One more than the position; 0: none. */
  readonly #completions = new Growing(Uint32Array)

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
    const chunk = this.#room(valueEnd - valueStart + restEnd - restStart)
    const used = chunk.used()
    const afterValue = used + bytes.copy(chunk.text, used, valueStart, valueEnd)
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
      this.#chunk?.seal()
      this.#chunk = new Chunk(this.#names)
      this.#chunks.push(this.#chunk)
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
    chunk.index[row] = told.index
    chunk.timeNs[row] = told.timeNs
    chunk.process[row] = this.#names.codeOfProcess(told.process)
    chunk.head[row] = headOf(told.type, told.call, told.node)
    chunk.valueEnd[row] = told.afterValue
    chunk.end[row] = told.end
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
  finish(): History {
    this.#chunk?.seal()
    const at = (position: number): Operation =>
      new ColumnOperation(this.#chunks[position >>> CHUNK_BITS] as Chunk, position & (CHUNK - 1))
    const completionOf = (place: number): Operation | null => {
      const position = this.#completions.at(place)
      return position === 0 ? null : at(position - 1)
    }
    return {
      history: new LazySequence(this.#length, at),
      pairs: new LazySequence(
        this.#invocations.length,
        (place) => new ColumnPair(at(this.#invocations.at(place)), () => completionOf(place)),
      ),
    }
  }
}
