/**
 * Moves CLOCK_REALTIME of one OS process without its cooperation. The process's private copy of the vDSO gets a stub in
 * the zeros behind its content, and jumps to the stub at the entry of the clock functions. No other process sees the
 * change, and it ends with the process. Forked children inherit it; a program started by exec begins with a clean vDSO.
 *
 * It does not change raw system calls, CLOCK_MONOTONIC (which leases in Go and Java use), or the kernel's own time: file
 * times, and absolute deadlines, which the process computes by the skewed clock but the kernel waits for by the true one.
 */
import { spawn } from 'node:child_process'
import fs from 'node:fs'
import { messageOf } from '../../support/assert.ts'
import { signal } from '../proc.ts'
import {
  buildStub,
  DATA_BYTES,
  decodeSlot,
  encodeSlot,
  INDEX_AT,
  MAGIC,
  MAGIC_AT,
  NO_SKEW,
  offsetAt,
  REPLACED,
  type Skew,
  SLOT_BYTES,
  SLOTS_AT,
  type Stub,
} from './stub.ts'
import { findVdso, JUMP_BYTES, parseVdso, UnknownVdsoError } from './vdso.ts'

const NS_PER_MS = 1_000_000n

/** The host's CLOCK_REALTIME, to the millisecond. */
export const hostTimeNs = (): bigint => BigInt(Date.now()) * NS_PER_MS

interface Hook {
  readonly at: number
  readonly original: Buffer
  readonly jump: Buffer
}

/** How this kernel's vDSO is patched; the same for every process. */
interface Patch {
  readonly image: Buffer
  readonly contentEnd: number
  readonly stubAt: number
  readonly stub: Stub
  readonly hooks: readonly Hook[]
}

const STUB_ALIGNMENT = 64

/** @throws UnknownVdsoError if this kernel's vDSO is not understood or has no room. */
const planPatch = (image: Buffer): Patch => {
  const { functions, contentEnd } = parseVdso(image)
  const entryOf = (name: string): number | undefined => functions.get(`__vdso_${name}`) ?? functions.get(name)
  const original = entryOf('clock_gettime')
  if (original === undefined) throw new UnknownVdsoError('the vDSO exports no clock_gettime')
  const stubAt = Math.ceil(contentEnd / STUB_ALIGNMENT) * STUB_ALIGNMENT
  const stub = buildStub(image, original, stubAt)
  if (stubAt + stub.bytes.length > image.length)
    throw new UnknownVdsoError(
      `the vDSO has ${image.length - stubAt} bytes to spare, not ${stub.bytes.length}`,
    )
  if (image.subarray(stubAt).some((byte) => byte !== 0))
    throw new UnknownVdsoError('the room behind the vDSO is in use')
  const hooks = REPLACED.flatMap((name): Hook[] => {
    const at = entryOf(name)
    if (at === undefined) return []
    const jump = Buffer.alloc(JUMP_BYTES, 0xe9)
    jump.writeInt32LE(stub.entries[name] - (at + JUMP_BYTES), 1)
    return [{ at, original: Buffer.from(image.subarray(at, at + JUMP_BYTES)), jump }]
  })
  return { image, contentEnd, stubAt, stub, hooks }
}

const readImage = (pid: number | 'self', fd: number): { readonly image: Buffer; readonly start: number } => {
  const range = findVdso(fs.readFileSync(`/proc/${pid}/maps`, 'latin1'))
  if (range === null) throw new UnknownVdsoError(`process ${pid} has no vDSO`)
  const image = Buffer.alloc(range.end - range.start)
  fs.readSync(fd, image, 0, image.length, range.start)
  return { image, start: range.start }
}

let patchOfThisKernel: Patch | null = null

/** From this process's own vDSO, which nobody patches. */
const kernelPatch = (): Patch => {
  if (patchOfThisKernel !== null) return patchOfThisKernel
  const fd = fs.openSync('/proc/self/mem', 'r')
  try {
    patchOfThisKernel = planPatch(readImage('self', fd).image)
    return patchOfThisKernel
  } finally {
    fs.closeSync(fd)
  }
}

/**
 * Whether the image, without our jumps, equals the kernel's own. If not, the process is of an unknown kind (32 bits,
 * say).
 */
const isKernels = (image: Buffer, { image: own, contentEnd, hooks }: Patch): boolean => {
  const clean = Buffer.from(image.subarray(0, contentEnd))
  for (const { at, original, jump } of hooks)
    if (clean.subarray(at, at + JUMP_BYTES).equals(jump)) original.copy(clean, at)
  return clean.equals(own.subarray(0, contentEnd))
}

/** Stopped, or asleep in the kernel with a stop pending: such a thread does not run the process's own code. */
const HALTED = 'TtDZX'
const STOP_TIMEOUT_MS = 200
const SAFE_POINT_TRIES = 50

const threadsOf = (pid: number): readonly string[] => fs.readdirSync(`/proc/${pid}/task`)

const readQuietly = (file: string): string => {
  try {
    return fs.readFileSync(file, 'latin1')
  } catch {
    return ''
  }
}

const stateOfThread = (pid: number, thread: string): string => {
  const text = readQuietly(`/proc/${pid}/task/${thread}/stat`)
  return text === '' ? 'X' : (text[text.lastIndexOf(')') + 2] as string)
}

/** The address where the thread will continue in its own code; null if it is running or cannot be read. */
const programCounter = (pid: number, thread: string): number | null => {
  const last = readQuietly(`/proc/${pid}/task/${thread}/syscall`).trim().split(' ').at(-1)
  return last === undefined || last === '' || last === 'running' ? null : Number(last)
}

/** A process that ends loses its memory a moment before it stops to be listed as alive. */
export class ProcessGoneError extends Error {}

export class ProcessClock {
  readonly pid: number
  readonly #fd: number
  readonly #start: number
  readonly #patch: Patch
  #attached = true

  private constructor(pid: number, fd: number, start: number, patch: Patch) {
    this.pid = pid
    this.#fd = fd
    this.#start = start
    this.#patch = patch
  }

  /**
   * Takes over the process's clock, without any skew at first. Stops the process for as long as it takes to write
   * fifteen bytes.
   *
   * @throws UnknownVdsoError; Error if the process is gone, its memory cannot be written, or no safe point is found.
   */
  static attach(pid: number): ProcessClock {
    const patch = kernelPatch()
    const fd = fs.openSync(`/proc/${pid}/mem`, 'r+')
    try {
      const { image, start } = readImage(pid, fd)
      if (!isKernels(image, patch)) throw new UnknownVdsoError(`process ${pid} has an unknown kind of vDSO`)
      const clock = new ProcessClock(pid, fd, start, patch)
      clock.#install(image)
      return clock
    } catch (error) {
      fs.closeSync(fd)
      throw error
    }
  }

  #install(image: Buffer): void {
    const { stub, stubAt, hooks } = this.#patch
    // Nothing can reach the stub before the jumps are written. After an earlier skew it is still there, and a thread
    // may
    // be inside it.
    if (image.readBigUInt64LE(stubAt + MAGIC_AT) !== MAGIC) this.#write(stubAt, stub.bytes)
    this.set(NO_SKEW)
    this.#whileHalted(() => {
      for (const { at, jump } of hooks) this.#write(at, jump)
    })
  }

  #write(at: number, bytes: Buffer): void {
    const written = fs.writeSync(this.#fd, bytes, 0, bytes.length, this.#start + at)
    if (written === 0) throw new ProcessGoneError(`process ${this.pid} is gone`)
    if (written !== bytes.length)
      throw new Error(
        `process ${this.pid}: only ${written} of ${bytes.length} bytes were written to its vDSO`,
      )
  }

  #read(at: number, length: number): Buffer {
    const bytes = Buffer.alloc(length)
    const read = fs.readSync(this.#fd, bytes, 0, length, this.#start + at)
    // Reading from a process that has ended returns no bytes.
    if (read !== length) throw new ProcessGoneError(`process ${this.pid} is gone`)
    return bytes
  }

  /** Atomic for the process: each call sees either the old skew or the new one. */
  set(skew: Skew): void {
    const { stubAt } = this.#patch
    const next = this.#slotInForce() === 0 ? SLOT_BYTES : 0
    this.#write(stubAt + SLOTS_AT + next, encodeSlot(skew))
    const index = Buffer.alloc(8)
    index.writeBigInt64LE(BigInt(next))
    this.#write(stubAt + INDEX_AT, index)
  }

  #slotInForce(): number {
    return Number(this.#read(this.#patch.stubAt + INDEX_AT, 8).readBigInt64LE())
  }

  /**
   * How far the process's clock functions are ahead of the host's clock, in ns. It is read back from the process's own
   * memory: the jumps and the data. 0 if they are not in place.
   *
   * @throws Error if the process is gone.
   */
  offsetNs(): bigint {
    const { hooks, stubAt } = this.#patch
    const isHooked = hooks.every(({ at, jump }) => this.#read(at, JUMP_BYTES).equals(jump))
    if (!isHooked) return 0n
    const data = this.#read(stubAt, DATA_BYTES)
    const slot = SLOTS_AT + this.#slotInForce()
    return offsetAt(decodeSlot(data.subarray(slot, slot + SLOT_BYTES)), hostTimeNs())
  }

  /** False once the process has executed another program, since its clock functions are then the kernel's again. */
  isInPlace(): boolean {
    try {
      // The descriptor was opened before and refers to the memory of the old program. After an exec that memory is
      // gone.
      return this.#patch.hooks.every(({ at, jump }) => this.#read(at, JUMP_BYTES).equals(jump))
    } catch {
      return false
    }
  }

  /** Closes the descriptor and leaves the process as it is. */
  release(): void {
    if (this.#attached) fs.closeSync(this.#fd)
    this.#attached = false
  }

  /**
   * Restores the kernel's own functions and verifies that they are back. Does nothing if the process is gone.
   *
   * @throws Error if they are not back. It may be called again then.
   */
  detach(): void {
    if (!this.#attached) return
    try {
      if (!this.#isGone()) this.#restore()
    } catch (error) {
      if (!this.#isGone()) throw error
    }
    this.release()
  }

  #isGone(): boolean {
    return readQuietly(`/proc/${this.pid}/maps`) === ''
  }

  #restore(): void {
    const { hooks } = this.#patch
    this.#whileHalted(() => {
      for (const { at, original } of hooks) this.#write(at, original)
    })
    const isHealed = hooks.every(({ at, original }) => this.#read(at, JUMP_BYTES).equals(original))
    if (!isHealed) throw new Error(`process ${this.pid}: its clock functions could not be restored`)
  }

  /**
   * Runs `change` while no thread is inside the bytes that it changes. A process that was stopped before stays stopped.
   */
  #whileHalted(change: () => void): void {
    for (let tries = 0; tries < SAFE_POINT_TRIES; tries++) {
      const wasStopped = threadsOf(this.pid).every((thread) => 'Tt'.includes(stateOfThread(this.pid, thread)))
      if (!wasStopped) signal(this.pid, 'SIGSTOP')
      try {
        if (this.#isHalted() && this.#isSafe()) return change()
      } finally {
        if (!wasStopped) signal(this.pid, 'SIGCONT')
      }
    }
    throw new Error(`process ${this.pid}: no safe moment was found to change its clock`)
  }

  #isHalted(): boolean {
    const deadlineMs = performance.now() + STOP_TIMEOUT_MS
    do {
      if (threadsOf(this.pid).every((thread) => HALTED.includes(stateOfThread(this.pid, thread)))) return true
    } while (performance.now() < deadlineMs)
    return false
  }

  #isSafe(): boolean {
    return threadsOf(this.pid).every((thread) => {
      if ('ZX'.includes(stateOfThread(this.pid, thread))) return true
      const pc = programCounter(this.pid, thread)
      if (pc === null) return false
      const offset = pc - this.#start
      return this.#patch.hooks.every(({ at }) => offset <= at || offset >= at + JUMP_BYTES)
    })
  }
}

let answer: string | null | undefined

/**
 * The reason why the clocks of processes cannot be moved here; null if they can. It is tried on a process of our own.
 */
export const whyNoClock = (): string | null => {
  answer ??= tryClock()
  return answer
}

const tryClock = (): string | null => {
  if (process.arch !== 'x64') return `no stub is written for ${process.arch}, only for x86-64`
  const child = spawn('sleep', ['10'], { stdio: 'ignore' })
  try {
    if (child.pid === undefined) return 'no process could be started to test the clock on'
    const clock = ProcessClock.attach(child.pid)
    clock.set({ offsetNs: NS_PER_MS, sinceNs: 0n, ratePpm: 0 })
    const isMoved = clock.offsetNs() === NS_PER_MS
    clock.detach()
    return isMoved ? null : 'a change of the clock functions of a process had no effect'
  } catch (error) {
    return `the clock functions of a process cannot be replaced (${messageOf(error)})`
  } finally {
    child.kill('SIGKILL')
  }
}
