/** Appends lines to a file, which takes at most `FLUSH_MS`. Writes never overlap, so lines never mix. */
import fs from 'node:fs/promises'

const FLUSH_MS = 50

export class LineWriter implements AsyncDisposable {
  readonly #file: fs.FileHandle
  readonly #timer: NodeJS.Timeout
  #pending: string[] = []
  #writing: Promise<void> = Promise.resolve()
  readonly #failed: (error: unknown) => void
  #error: unknown = null
  #closed: Promise<void> | null = null

  private constructor(file: fs.FileHandle, failed: (error: unknown) => void) {
    this.#file = file
    this.#failed = failed
    this.#timer = setInterval(() => this.#flush(), FLUSH_MS)
    this.#timer.unref()
  }

  /** @param failed called once, when a write fails, as on a full disk */
  static async create(path: string, failed: (error: unknown) => void): Promise<LineWriter> {
    return new LineWriter(await fs.open(path, 'a'), failed)
  }

  /** Takes a line that ends in a newline. */
  write(line: string): void {
    this.#pending.push(line)
  }

  #flush(): void {
    if (this.#pending.length === 0) return
    const text = this.#pending.join('')
    this.#pending = []
    this.#writing = this.#writing.then(() => this.#append(text))
  }

  /** After an error nothing more is written, so that the file is the beginning of what was recorded. */
  async #append(text: string): Promise<void> {
    if (this.#error !== null) return
    try {
      await this.#file.appendFile(text)
    } catch (error) {
      this.#error = error
      this.#failed(error)
    }
  }

  /** Flushes and syncs everything to disk and closes the file. Closing it again does nothing. */
  close(): Promise<void> {
    this.#closed ??= this.#close()
    return this.#closed
  }

  async #close(): Promise<void> {
    clearInterval(this.#timer)
    this.#flush()
    await this.#writing
    await this.#file.sync()
    await this.#file.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close().catch(() => {})
  }
}
