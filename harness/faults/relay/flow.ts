/**
 * One direction of a relayed connection: cuts bytes into frames, asks what is said instead of each, and writes that, in order.
 * It reads only as fast as the other end takes.
 */
import type net from 'node:net'
import type { Decoder, Frame, Stream } from '../../api/byzantine.ts'
import type { Mouth } from './mouth.ts'
import type { Suspense } from './suspense.ts'

/** A longer beginning of a frame is none that the codec understands. */
const MAX_REST_BYTES = 2 ** 24
const MAX_LATE_BYTES = 2 ** 20

interface Late {
  readonly bytes: Buffer
  readonly dueMs: number
}

interface FlowParts {
  readonly stream: Stream
  /** The node or the group of clients at the other end. */
  readonly end: string
  readonly from: net.Socket
  readonly to: net.Socket
  readonly decoder: Decoder<unknown> | null
  readonly mouth: Mouth
  /** Null: nothing ever waits. */
  readonly suspense: Suspense | null
  readonly onBytes: (bytes: number) => void
  /** The decoder failed: from then on bytes pass unchanged. */
  readonly onMisread: () => void
}

export class Flow {
  readonly #parts: FlowParts
  #decoder: Decoder<unknown> | null
  /** What is held back, and what must not overtake it. */
  #late: Late[] = []
  #lateBytes = 0
  /** In suspense. */
  #waitingBytes = 0
  #timer: NodeJS.Timeout | null = null
  #isAtEnd = false

  constructor(parts: FlowParts) {
    this.#parts = parts
    this.#decoder = parts.decoder
    const { from, to } = parts
    from.on('data', (chunk: Buffer) => this.#take(chunk))
    from.on('end', () => this.#end())
    to.on('drain', () => this.#readOn())
    to.on('close', () => {
      clearTimeout(this.#timer ?? undefined)
      parts.suspense?.forget(parts.stream)
    })
  }

  get stream(): Stream {
    return this.#parts.stream
  }

  get isOpen(): boolean {
    return this.#parts.to.writable && !this.#isAtEnd
  }

  /** Says something of its own accord. */
  say(bytes: Buffer): void {
    this.#write(bytes, 0)
  }

  #take(chunk: Buffer): void {
    const { stream, suspense, onBytes } = this.#parts
    onBytes(chunk.length)
    for (const frame of this.#framesOf(chunk)) {
      if (suspense === null) this.#say(frame)
      else this.#suspend(frame, stream, suspense)
    }
  }

  #suspend(frame: Frame<unknown>, stream: Stream, suspense: Suspense): void {
    const { length } = frame.bytes
    this.#waitingBytes += length
    suspense.take(frame, stream, () => {
      this.#waitingBytes -= length
      this.#say(frame)
      this.#readOn()
      if (this.#isAtEnd) this.#finish()
    })
    if (this.#waitingBytes > MAX_LATE_BYTES) this.#parts.from.pause()
  }

  #say(frame: Frame<unknown>): void {
    const { stream, end, mouth } = this.#parts
    const { bytes, lateMs } = mouth.say(frame, stream, end)
    for (const each of bytes) this.#write(each, lateMs)
  }

  #framesOf(chunk: Buffer): readonly Frame<unknown>[] {
    const decoder = this.#decoder
    if (decoder === null) return [{ bytes: chunk, message: null }]
    const before = decoder.rest
    try {
      const frames = decoder.push(chunk)
      if (decoder.rest.length <= MAX_REST_BYTES) return frames
      return [...frames, ...this.#giveUp(decoder.rest)]
    } catch {
      return this.#giveUp(Buffer.concat([before, chunk]))
    }
  }

  #giveUp(bytes: Buffer): readonly Frame<unknown>[] {
    this.#decoder = null
    this.#parts.onMisread()
    return [{ bytes, message: null }]
  }

  #write(bytes: Buffer, lateMs: number): void {
    const { from, to } = this.#parts
    if (lateMs > 0 || this.#late.length > 0) {
      this.#late.push({ bytes, dueMs: performance.now() + lateMs })
      this.#lateBytes += bytes.length
      if (this.#lateBytes > MAX_LATE_BYTES) from.pause()
      this.#timer ??= setTimeout(() => this.#writeLate(), lateMs)
      return
    }
    if (!to.write(bytes)) from.pause()
  }

  #writeLate(): void {
    this.#timer = null
    const { to } = this.#parts
    while (this.#late.length > 0 && (this.#late[0] as Late).dueMs <= performance.now()) {
      const { bytes } = this.#late.shift() as Late
      this.#lateBytes -= bytes.length
      to.write(bytes)
    }
    const next = this.#late[0]
    if (next !== undefined)
      this.#timer = setTimeout(() => this.#writeLate(), Math.max(1, next.dueMs - performance.now()))
    else if (this.#isAtEnd) this.#finish()
    this.#readOn()
  }

  #readOn(): void {
    const { from, to } = this.#parts
    const isFull = this.#lateBytes > MAX_LATE_BYTES || this.#waitingBytes > MAX_LATE_BYTES
    if (!to.writableNeedDrain && !isFull) from.resume()
  }

  #end(): void {
    this.#isAtEnd = true
    this.#finish()
  }

  /** What had no end yet comes last. */
  #finish(): void {
    if (this.#waitingBytes > 0 || this.#late.length > 0) return
    const rest = this.#decoder?.rest
    this.#decoder = null
    if (rest === undefined || rest.length === 0) this.#parts.to.end()
    else this.#parts.to.end(rest)
  }
}
