/** Reads a log line by line while it is being written, and keeps the lines of which a checker has something to say. */
import fs from 'node:fs'

/** Whether something is to be said of a text of whole lines. */
export type Telling = (text: string) => Promise<boolean>

const CHUNK_BYTES = 2 ** 18
/** Of a longer line, this much is looked at, and less is kept. */
const LONGEST_LINE_BYTES = 2 ** 16
const KEPT_CHARACTERS = 2000
/** So many lines are kept: a node may say the same without end. */
const MOST_TELLING = 500

const LINE_END = 0x0a

export class LogReader {
  readonly #file: string
  readonly #isTelling: Telling
  /** The beginning of the line that is being read. */
  #begun: Buffer = Buffer.alloc(0)
  #byte = 0
  readonly telling: string[] = []
  moreTelling = 0
  /** Lines that have been read. */
  lines = 0

  constructor(file: string, isTelling: Telling) {
    this.#file = file
    this.#isTelling = isTelling
  }

  /** All whole lines before it have been read: the beginning of a line, unless a line is longer than any that is looked at. */
  get byte(): number {
    return this.#byte - (this.#begun.length < LONGEST_LINE_BYTES ? this.#begun.length : 0)
  }

  /** Reads on, up to the last whole line before that byte. */
  async readTo(toByte: number): Promise<void> {
    if (toByte <= this.#byte) return
    const file = await fs.promises.open(this.#file, 'r')
    try {
      const chunk = Buffer.alloc(CHUNK_BYTES)
      while (this.#byte < toByte) {
        const length = Math.min(CHUNK_BYTES, toByte - this.#byte)
        const { bytesRead } = await file.read(chunk, 0, length, this.#byte)
        if (bytesRead === 0) return
        this.#byte += bytesRead
        await this.#take(chunk.subarray(0, bytesRead))
      }
    } finally {
      await file.close()
    }
  }

  async #take(bytes: Buffer): Promise<void> {
    const lines: string[] = []
    let from = 0
    for (let end = bytes.indexOf(LINE_END); end !== -1; end = bytes.indexOf(LINE_END, from)) {
      lines.push(this.#lengthened(bytes.subarray(from, end)).toString('utf8'))
      this.#begun = Buffer.alloc(0)
      from = end + 1
    }
    this.#begun = Buffer.from(this.#lengthened(bytes.subarray(from)))
    this.lines += lines.length
    await this.#look(lines)
  }

  #lengthened(more: Buffer): Buffer {
    const room = LONGEST_LINE_BYTES - this.#begun.length
    return Buffer.concat([this.#begun, more.subarray(0, room)])
  }

  /** Nearly always there is nothing to say: so many lines are looked at together, and halved where there is. */
  async #look(lines: readonly string[]): Promise<void> {
    if (lines.length === 0 || !(await this.#isTelling(lines.join('\n')))) return
    const half = Math.ceil(lines.length / 2)
    if (lines.length > 1) {
      await this.#look(lines.slice(0, half))
      await this.#look(lines.slice(half))
    } else if (this.telling.length < MOST_TELLING) {
      this.telling.push((lines[0] as string).slice(0, KEPT_CHARACTERS))
    } else this.moreTelling++
  }
}
