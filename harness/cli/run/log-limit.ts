/**
 * Keeps the logs of the nodes within a limit while a run goes on, so that a day of them does not fill a disk. The first and
 * the last of each file stay; whole lines between them are taken out.
 *
 * A program writes to its log by itself, and nobody may stand between: a pipe that is not read would stop a node. So the
 * middle is made a hole of the file (fallocate(2), FALLOC_FL_PUNCH_HOLE), which needs no word of the program and loses no
 * line that it writes meanwhile. At the end the file is written anew without the hole. The supervisor does all this: the
 * controller's time belongs to clients and faults.
 *
 * No line goes unseen: the checkers of logs look at each before it goes, and the lines of which they have something to say
 * are kept.
 */
import fs from 'node:fs'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { execa } from 'execa'
import type { Log } from '../../api/log.ts'
import { type LogCut, writeLogCuts } from '../../store/log-cuts.ts'
import { MOST_LOG_BYTES } from '../../store/node-logs.ts'
import { messageOf } from '../../support/assert.ts'
import { sleep } from '../../support/wait.ts'
import { LogReader, type Telling } from './log-reader.ts'

export interface LogLimits {
  /** Of a file, so much stays at its beginning. */
  readonly firstBytes: number
  /** And so much, or a little more, at its end. */
  readonly lastBytes: number
  /** It is not worth while to take out less. */
  readonly stepBytes: number
}

/** The end of a file is read whole, with the line that stands across its beginning. */
const SPARE_BYTES = 2 ** 20

/** At most 27 MB of a file are on the disk, besides what was written in the last second. */
const LOG_LIMITS: LogLimits = {
  firstBytes: 4 * 2 ** 20,
  lastBytes: MOST_LOG_BYTES - SPARE_BYTES,
  stepBytes: 8 * 2 ** 20,
}

const LOOK_EVERY_MS = 1000

/** A hole in a file, or where there is to be one. */
interface Hole {
  readonly fromByte: number
  readonly toByte: number
}

/** One log. */
class LimitedLog {
  readonly #path: string
  readonly #limits: LogLimits
  readonly #reader: LogReader
  /** Null: the file is whole. */
  #hole: Hole | null = null
  /** Lines before the hole, and in it. */
  #linesFirst = 0
  #lines = 0
  /** How many of the telling lines stand before the hole. */
  #tellingFirst = 0
  #endsFrom = 0

  constructor(file: string, limits: LogLimits, telling: Telling) {
    this.#path = file
    this.#limits = limits
    this.#reader = new LogReader(file, telling)
  }

  /** Makes the hole longer if that is worth while. Returns whether it did. @throws if the file system makes no holes */
  async limit(): Promise<boolean> {
    const { firstBytes, lastBytes, stepBytes } = this.#limits
    const { size } = await fs.promises.stat(this.#path)
    const toByte = size - lastBytes
    if (toByte - (this.#hole?.toByte ?? firstBytes) < stepBytes) return false
    await this.#readFirst()
    const from = this.#hole?.toByte ?? this.#reader.byte
    await this.#reader.readTo(toByte)
    const to = this.#reader.byte
    if (to <= from) return false
    await punch(this.#path, { fromByte: from, toByte: to })
    this.#hole = { fromByte: this.#hole?.fromByte ?? from, toByte: to }
    this.#lines = this.#reader.lines - this.#linesFirst
    this.#endsFrom = to
    return true
  }

  async #readFirst(): Promise<void> {
    if (this.#hole !== null) return
    await this.#reader.readTo(this.#limits.firstBytes)
    this.#linesFirst = this.#reader.lines
    this.#tellingFirst = this.#reader.telling.length
  }

  /** Looks at all but the end. Returns whether there is more than an end. */
  async look(): Promise<boolean> {
    const { size } = await fs.promises.stat(this.#path)
    const toByte = size - this.#limits.lastBytes
    if (toByte <= 0) return false
    await this.#readFirst()
    await this.#reader.readTo(toByte)
    this.#endsFrom = this.#reader.byte
    return true
  }

  /** Writes the file anew without its hole, and says in it what is left out. Returns whether there was one. */
  async close(): Promise<boolean> {
    if (this.#hole === null) return false
    const { fromByte, toByte } = this.#hole
    const told = this.#reader.telling.slice(this.#tellingFirst)
    const sentence = `[faultline: ${toByte - fromByte} bytes (${this.#lines} lines) are left out here${told.length === 0 ? '' : ', but for these lines'}]`
    const next = `${this.#path}.new`
    if (fromByte > 0)
      await pipeline(fs.createReadStream(this.#path, { end: fromByte - 1 }), fs.createWriteStream(next))
    await fs.promises.appendFile(next, [sentence, ...told, ''].join('\n'))
    const shift = (await fs.promises.stat(next)).size - toByte
    await pipeline(
      fs.createReadStream(this.#path, { start: toByte }),
      fs.createWriteStream(next, { flags: 'a' }),
    )
    await fs.promises.rename(next, this.#path)
    this.#endsFrom += shift
    return true
  }

  cut(node: string, file: string): LogCut {
    const { telling, moreTelling } = this.#reader
    return {
      node,
      file,
      leftOutBytes: this.#hole === null ? 0 : this.#hole.toByte - this.#hole.fromByte,
      leftOutLines: this.#lines,
      endsFrom: this.#endsFrom,
      telling,
      moreTelling,
    }
  }
}

const punch = async (file: string, { fromByte, toByte }: Hole): Promise<void> => {
  const range = ['--offset', String(fromByte), '--length', String(toByte - fromByte)]
  await execa('fallocate', ['--punch-hole', ...range, file])
}

export interface LogLimiterOptions {
  /** Of the run. */
  readonly dir: string
  /** The folder of the nodes' logs in it. */
  readonly nodes: string
  readonly faultline: string
  /** Whether a checker of logs has something to say of these lines. */
  readonly telling: Telling
  readonly log: Log
  readonly limits?: LogLimits
}

export class LogLimiter {
  readonly #options: LogLimiterOptions
  readonly #logs = new Map<string, LimitedLog>()
  /** Those that cannot be limited. */
  readonly #refused = new Set<string>()
  readonly #stop = new AbortController()
  readonly #watching: Promise<void>
  /** Logs are looked at by one at a time. */
  #turn: Promise<void> = Promise.resolve()

  constructor(options: LogLimiterOptions) {
    this.#options = options
    this.#watching = this.#watch()
  }

  async #watch(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      await this.#inTurn(() => this.#each((log) => log.limit()))
      await sleep(LOOK_EVERY_MS, this.#stop.signal).catch(() => {})
    }
  }

  #inTurn(act: () => Promise<void>): Promise<void> {
    this.#turn = this.#turn.then(act)
    return this.#turn
  }

  #files(): readonly { readonly node: string; readonly file: string; readonly path: string }[] {
    const folder = path.join(this.#options.dir, this.#options.nodes)
    if (!fs.existsSync(folder)) return []
    return fs
      .readdirSync(folder)
      .flatMap((node) =>
        fs
          .readdirSync(path.join(folder, node))
          .map((file) => ({ node, file, path: path.join(folder, node, file) })),
      )
  }

  /** Acts on each log, and writes down what is left out of which. */
  async #each(act: (log: LimitedLog) => Promise<boolean>): Promise<void> {
    const { limits = LOG_LIMITS, telling } = this.#options
    let isChanged = false
    for (const { node, file, path: name } of this.#files()) {
      if (this.#refused.has(name)) continue
      const log = this.#logs.get(name) ?? new LimitedLog(name, limits, telling)
      try {
        if (!(await act(log))) continue
        if (!this.#logs.has(name)) this.#options.log.info('a log is long', { node, file })
        this.#logs.set(name, log)
        isChanged = true
      } catch (error) {
        this.#refuse(name, error)
      }
    }
    if (isChanged) this.#write()
  }

  #refuse(name: string, error: unknown): void {
    this.#refused.add(name)
    this.#options.log.warn('a log cannot be kept within its limit', { file: name, error: messageOf(error) })
  }

  #write(): void {
    const { dir, faultline } = this.#options
    const cuts = this.#files().flatMap(
      ({ node, file, path: name }) => this.#logs.get(name)?.cut(node, file) ?? [],
    )
    try {
      writeLogCuts(dir, faultline, cuts)
    } catch (error) {
      this.#options.log.warn('what is left out of logs cannot be written', { error: messageOf(error) })
    }
  }

  /** From then on, a record that is read says of every line before the end of a log what is to be said of it. */
  look(): Promise<void> {
    return this.#inTurn(() => this.#each((log) => log.look()))
  }

  /** Nobody writes to the logs any more. */
  async close(): Promise<void> {
    this.#stop.abort()
    await this.#watching
    await this.#inTurn(() => this.#each((log) => log.limit()))
    await this.look()
    await this.#inTurn(() => this.#each((log) => log.close()))
  }
}
