/** Appends lines to a file, which takes at most `FLUSH_MS`. Writes never overlap, so lines never mix. */
import fs from 'node:fs/promises'

const FLUSH_MS = 50

export class LineWriter implements AsyncDisposable {
  readonly #file: fs.FileHandle
  readonly #timer: NodeJS.Timeout
  #pending: string[] = []
  #writing: Promise<void> = Promise.resolve()
  #error: unknown = null

  private constructor(file: fs.FileHandle) {
    this.#file = file
    this.#timer = setInterval(() => this.#flush(), FLUSH_MS)
    this.#timer.unref()
  }

  static async create(path: string): Promise<LineWriter> {
    return new LineWriter(await fs.open(path, 'a'))
  }

  /** Takes a line that ends in a newline. */
  write(line: string): void {
    this.#pending.push(line)
  }

  #flush(): void {
    if (this.#pending.length === 0) return
    const text = this.#pending.join('')
    this.#pending = []
    this.#writing = this.#writing
      .then(() => this.#file.appendFile(text))
      .catch((error: unknown) => {
        this.#error ??= error
      })
  }

  /** Flushes and syncs everything to disk and closes the file. @throws the first error of any write. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    this.#flush()
    await this.#writing
    await this.#file.sync()
    await this.#file.close()
    if (this.#error !== null) throw this.#error
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close().catch(() => {})
  }
}
