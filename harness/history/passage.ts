/** A history that goes by: each operation is made as an object, held against the rules of histories, and not kept. */
import type { Operation } from '../api/history.ts'
import { JsonReader } from './json-read.ts'
import type { LineScan } from './line-scan.ts'
import { Names } from './names.ts'
import { Pairing } from './pairing.ts'

export class Passage {
  readonly #pairing = new Pairing()
  readonly #calls = new Names()
  readonly #reader = new JsonReader()

  /** @throws UserError where it breaks a rule of histories */
  append(operation: Operation): Operation {
    this.#pairing.add(operation)
    return operation
  }

  /**
   * Node, `meta` and `error` are left out: no vocabulary says anything of them.
   *
   * @param bytes in which the line stands
   * @param timeNs instead of the line's own time
   * @throws UserError where it breaks a rule of histories
   */
  appendScanned(scan: LineScan, bytes: Buffer, timeNs: number): Operation {
    const { index, process, type, callStart, callEnd, valueStart, valueEnd } = scan
    const f = this.#calls.at(this.#calls.codeIn(bytes, callStart, callEnd))
    const value = this.#reader.read(bytes, valueStart, valueEnd)
    return this.append({ index, timeNs, process, type, f, value })
  }
}
