/** Puts the operations of a history into chunks, one after another. */
import type { Operation } from '../api/history.ts'
import { UserError } from '../support/assert.ts'
import { printJson } from '../support/json.ts'
import type { Part } from '../support/parts.ts'
import { CHUNK, type Chunk, type Dictionary, headOf, MOST_CALLS, MOST_NODES } from './chunk.ts'
import type { LineScan } from './line-scan.ts'

/** Where the chunks go. */
export interface ChunkTaker {
  /** An empty one. */
  make(): Chunk
  /**
   * Takes a value out of memory if it is long. Null: it is not.
   *
   * @param chunk to which it is to be added
   */
  spillLong(chunk: Chunk | null, bytes: Buffer, start: number, end: number): Part | null
  /** Takes the next one, to which nothing is added any more. */
  add(chunk: Chunk): void
}

type Row = Pick<Operation, 'index' | 'timeNs' | 'process' | 'type'> & {
  readonly call: number
  readonly node: number
  readonly afterValue: number
  readonly end: number
}

export class ChunkBuilder {
  readonly #names: Dictionary
  readonly #taker: ChunkTaker
  #chunk: Chunk | null = null

  /** @param names to which new ones are added */
  constructor(names: Dictionary, taker: ChunkTaker) {
    this.#names = names
    this.#taker = taker
  }

  /**
   * Takes an operation of a line that was scanned.
   *
   * @param bytes in which the line stands
   * @param timeNs instead of the line's own time
   */
  appendScanned(scan: LineScan, bytes: Buffer, timeNs: number): void {
    const { callStart, callEnd, nodeStart, nodeEnd, valueStart, valueEnd, restStart, restEnd } = scan
    const { index, process, type } = scan
    const call = this.#names.calls.codeIn(bytes, callStart, callEnd)
    const node = nodeStart === nodeEnd ? -1 : this.#names.nodes.codeIn(bytes, nodeStart, nodeEnd)
    const long = this.#taker.spillLong(this.#chunk, bytes, valueStart, valueEnd)
    const valueBytes = long === null ? valueEnd - valueStart : 0
    const chunk = this.#room(valueBytes + restEnd - restStart)
    if (long !== null) chunk.long.set(chunk.count, long)
    const used = chunk.used()
    const afterValue = used + bytes.copy(chunk.text, used, valueStart, valueStart + valueBytes)
    const end = afterValue + bytes.copy(chunk.text, afterValue, restStart, restEnd)
    this.#push(chunk, { index, timeNs, process, type, call, node, afterValue, end })
  }

  append({ index, timeNs, process, type, f, node, value, meta, error }: Operation): void {
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
    this.#push(chunk, {
      ...{ index, timeNs, process, type, afterValue, end },
      call: this.#names.calls.codeOf(f),
      node: node === undefined ? -1 : this.#names.nodes.codeOf(node),
    })
  }

  #room(bytes: number): Chunk {
    if (this.#chunk?.count === CHUNK) this.flush()
    this.#chunk ??= this.#taker.make()
    this.#chunk.reserve(bytes)
    return this.#chunk
  }

  #push(chunk: Chunk, told: Row): void {
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
  }

  /** Gives away what has been taken. */
  flush(): void {
    const chunk = this.#chunk
    this.#chunk = null
    if (chunk !== null) this.#taker.add(chunk)
  }
}
