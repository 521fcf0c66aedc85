/**
 * The process that serves one mount: `node server.ts <options as JSON>`. It takes requests over Node's IPC channel. Each
 * mount has its own process, since a process that used the mount it serves would wait for itself.
 */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import path from 'node:path'
import type {
  Damage,
  DirectoryDurability,
  DiskCounts,
  DiskKind,
  DiskRule,
  Lost,
  Survival,
} from '../../api/disk.ts'
import { messageOf } from '../../support/assert.ts'
import { rngFromSeed } from '../../support/random.ts'
import { pathMatcher } from './globs.ts'
import { Passthrough } from './passthrough.ts'
import { Errno, encodeReply, encodeWritten, MAX_WRITE_BYTES, REQUEST_BYTES, Request } from './protocol.ts'
import { drawHit, type Hit, kindOf, newTally } from './rules.ts'
import { SyncWatch } from './sync-watch.ts'

export interface ServerOptions {
  readonly mount: string
  readonly root: string
  readonly graveyard: string
  readonly durability: DirectoryDurability
  readonly seed: number
  /** Whether `sync` and `syncfs` are noticed. */
  readonly noticesSync: boolean
}

export type ServerRequest =
  | { readonly ask: 'rules'; readonly rules: readonly DiskRule[] }
  | { readonly ask: 'counts' }
  | { readonly ask: 'held'; readonly fault: string }
  | { readonly ask: 'open-files' }
  | { readonly ask: 'power-loss'; readonly survival: Survival; readonly seed: number; readonly paths: string }
  | { readonly ask: 'damage'; readonly damage: Damage }

export interface ServerAnswer {
  readonly rules: null
  readonly counts: DiskCounts
  readonly held: number
  readonly 'open-files': number
  readonly 'power-loss': Lost
  /** What was damaged; null if no file matched. */
  readonly damage: string | null
}

const mountFuse = (mount: string): number => {
  const fd = fs.openSync('/dev/fuse', 'r+')
  const options = `fd=3,rootmode=40000,user_id=${process.getuid?.() ?? 0},group_id=${process.getgid?.() ?? 0},allow_other,default_permissions,max_read=${MAX_WRITE_BYTES}`
  const result = spawnSync('mount', ['-i', '-t', 'fuse', '-o', options, 'faultline', mount], {
    stdio: ['ignore', 'ignore', 'pipe', fd],
  })
  if (result.status !== 0) throw new Error(`mount: ${result.stderr.toString().trim()}`)
  return fd
}

const filesBelow = (directory: string): readonly string[] =>
  fs
    .readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.join(entry.parentPath, entry.name))

const SECTOR_BYTES = 512

/** Half of the length, but at least one byte, so that a program that continues with the rest reaches the end. */
const shorten = (_: number, length: number): number => Math.ceil(length / 2)

/** The length up to a sector boundary near the middle. Disks write whole sectors, and programs rely on that. */
const tear = (at: number, length: number): number =>
  Math.max(0, Math.floor((at + length / 2) / SECTOR_BYTES) * SECTOR_BYTES - at)

const DYING_POLL_MS = 20

/** Whether SIGKILL is pending for the thread, or it is gone. It waits for our answer and cannot die before it. */
const isDying = (pid: number): boolean => {
  try {
    const status = fs.readFileSync(`/proc/${pid}/status`, 'latin1')
    const pending = [...status.matchAll(/^(?:SigPnd|ShdPnd):\t([0-9a-f]+)$/gm)]
    const SIGKILL = 1n << 8n
    return pending.some(([, mask]) => (BigInt(`0x${mask}`) & SIGKILL) !== 0n)
  } catch {
    return true
  }
}

interface Held {
  readonly fault: string
  readonly go: () => void
  readonly interrupt: () => void
}

class Server {
  readonly #fd: number
  readonly #options: ServerOptions
  readonly #files: Passthrough
  readonly #counts = newTally()
  /** Requests that are held until their rule is removed or their caller is killed, keyed by request. */
  readonly #held = new Map<bigint, Held>()
  #rules: readonly (DiskRule & { readonly matches: (path: string) => boolean })[] = []
  readonly #syncs: SyncWatch | null
  #ordinal = 0

  /** @param onReady it serves, and nothing that was done before counts */
  constructor(options: ServerOptions, onReady: () => void) {
    this.#options = options
    this.#files = new Passthrough(options)
    this.#fd = mountFuse(options.mount)
    const syncAll = (): void => this.#files.syncAll()
    const onWatch = (): void => {
      syncAll()
      onReady()
    }
    this.#syncs = options.noticesSync ? new SyncWatch(options.mount, syncAll, onWatch) : null
    if (this.#syncs === null) queueMicrotask(onReady)
  }

  /** Reads requests until the file system is unmounted. */
  serve(): void {
    const buffer = Buffer.allocUnsafe(REQUEST_BYTES)
    const next = (): void =>
      fs.read(this.#fd, buffer, 0, buffer.length, null, (error, length) => {
        if (error?.code === 'ENODEV') process.exit(0)
        if (error === null) this.#take(new Request(buffer.subarray(0, length)))
        this.#files.tidy()
        next()
      })
    next()
  }

  #take(request: Request): void {
    const operation = request.operation
    if (operation === undefined) return this.#reply(request.unique, new Errno('ENOSYS'))
    if (operation === 'interrupt') return this.#held.get(BigInt(request.u64()))?.interrupt()
    if (this.#syncs?.isPage(request) === true) {
      this.#reply(request.unique, null, encodeWritten(request.skip(16).u32()))
      return this.#syncs.written()
    }
    const kind = kindOf(operation)
    // Read now, since the buffer holds another request by the time an fsync is answered.
    const { unique } = request
    const arrivedMs = performance.now()
    const hit = kind === null ? null : this.#draw(kind, request)
    const answer = (error: unknown, body: Buffer | null): void => {
      this.#reply(unique, error, body)
      if (kind !== null) this.#count(kind, arrivedMs, hit, error)
    }
    if (hit === null) return this.#perform(request, null, answer)
    this.#hurt(request.keep(), hit, answer)
  }

  #draw(kind: DiskKind, request: Request): Hit | null {
    if (this.#rules.length === 0) return null
    const about = (): readonly string[] => this.#files.pathsOf(request.again())
    // Whoever touches a page that is written back waits for it, and does not die before that. Nobody would answer for it, since the
    // kernel asks by itself: a process that is killed during a stall would live until its end.
    const canHold = !request.isWriteBack
    return drawHit(
      this.#rules,
      kind,
      this.#ordinal++,
      rngFromSeed(this.#options.seed),
      ({ effect, paths, matches }) =>
        (canHold || effect !== 'stall') && (paths === '' || about().some(matches)),
    )
  }

  #count(kind: DiskKind, arrivedMs: number, hit: Hit | null, error: unknown): void {
    const counts = this.#counts[kind]
    counts.operations++
    counts.totalMs += performance.now() - arrivedMs
    if (hit === null) return
    if (hit.rule.effect === 'delay' || hit.rule.effect === 'stall') counts.delayed++
    else if (hit.rule.effect === 'full') counts.failed += this.#files.space.takeRefused() ? 1 : 0
    else if (error !== null || hit.rule.effect === 'short') counts.failed++
  }

  #hurt(request: Request, hit: Hit, answer: (error: unknown, body: Buffer | null) => void): void {
    const { effect, errno } = hit.rule
    if (effect === 'error') return answer(new Errno(errno), null)
    if (effect !== 'delay' && effect !== 'stall') return this.#perform(request, hit, answer)
    const leave = (): void => {
      clearTimeout(timer)
      this.#held.delete(request.unique)
    }
    const go = (): void => {
      leave()
      this.#perform(request, null, answer)
    }
    // Any signal causes an interrupt, but a real disk never fails because of one. So only a caller that is being killed
    // gets an answer.
    const interrupt = (): void => {
      if (!this.#held.has(request.unique)) return
      if (!isDying(request.pid)) {
        setTimeout(interrupt, DYING_POLL_MS)
        return
      }
      leave()
      answer(new Errno('EINTR'), null)
    }
    const timer = effect === 'delay' ? setTimeout(go, hit.delayMs) : undefined
    this.#held.set(request.unique, { fault: hit.rule.fault, go, interrupt })
  }

  #perform(request: Request, hit: Hit | null, answer: (error: unknown, body: Buffer | null) => void): void {
    const isFull = hit?.rule.effect === 'full'
    this.#files.space.isRefusing = isFull
    try {
      if (request.operation === 'fsync') return this.#sync(request, answer)
      if (hit !== null && !isFull && request.operation === 'write')
        return this.#writePart(request, hit, answer)
      const body = this.#files.perform(request.operation as NonNullable<Request['operation']>, request)
      if (request.operation === 'create' && body instanceof Buffer)
        this.#syncs?.created(request, Number(body.readBigUInt64LE(0)))
      if (body !== 'no-reply') answer(null, body)
    } catch (error) {
      answer(error, null)
    }
  }

  #writePart(request: Request, { rule }: Hit, answer: (error: unknown, body: Buffer | null) => void): void {
    const written = this.#files.writePart(request, rule.effect === 'short' ? shorten : tear)
    if (rule.effect === 'short') answer(null, encodeWritten(written))
    else answer(new Errno('EIO'), null)
  }

  #sync(request: Request, answer: (error: unknown, body: Buffer | null) => void): void {
    const { fd, dataOnly, ended } = this.#files.beginSync(request)
    const sync = dataOnly ? fs.fdatasync : fs.fsync
    sync(fd, (error) => {
      try {
        ended(error === null)
        answer(error, null)
      } catch (failure) {
        answer(failure, null)
      }
    })
  }

  #reply(unique: bigint, error: unknown, body: Buffer | null = null): void {
    const parts = encodeReply(unique, errnoOf(error), error === null ? body : null)
    try {
      fs.writevSync(this.#fd, parts)
    } catch (failure) {
      // The caller was interrupted, or the file system was unmounted.
      if (!['ENOENT', 'ENODEV'].includes((failure as NodeJS.ErrnoException).code ?? '')) throw failure
    }
  }

  answer(request: ServerRequest): ServerAnswer[ServerRequest['ask']] {
    switch (request.ask) {
      case 'rules':
        this.#rules = request.rules.map((rule) => ({ ...rule, matches: pathMatcher(rule.paths) }))
        if (this.#rules.some(({ effect }) => effect === 'full')) this.#files.space.fill()
        else this.#files.space.empty()
        for (const { fault, go } of [...this.#held.values()])
          if (!this.#rules.some((rule) => rule.fault === fault)) go()
        return null
      case 'counts':
        return this.#counts
      case 'held':
        return [...this.#held.values()].filter(({ fault }) => fault === request.fault).length
      case 'open-files':
        return this.#files.openFiles(this.#syncs?.node ?? null)
      case 'power-loss':
        return this.#files.losePower(request.survival, rngFromSeed(request.seed), pathMatcher(request.paths))
      case 'damage':
        return this.#damage(request.damage)
    }
  }

  #damage({ file, how, seed }: Damage): string | null {
    const pattern = new RegExp(file)
    const { root } = this.#options
    const [victim] = filesBelow(root)
      .filter((each) => pattern.test(path.relative(root, each)) && fs.statSync(each).size > 0)
      .sort((a, b) => fs.statSync(b).mtimeMs - fs.statSync(a).mtimeMs)
    if (victim === undefined) return null
    const { size } = fs.statSync(victim)
    const at = rngFromSeed(seed).int(size)
    const name = path.relative(root, victim)
    if (how === 'truncate') {
      fs.truncateSync(victim, at)
      return `${name} cut from ${size} to ${at} bytes`
    }
    const fd = fs.openSync(victim, 'r+')
    const byte = Buffer.alloc(1)
    fs.readSync(fd, byte, 0, 1, at)
    const bit = rngFromSeed(seed).fork('bit').int(8)
    byte.writeUInt8(byte.readUInt8() ^ (1 << bit))
    fs.writeSync(fd, byte, 0, 1, at)
    fs.closeSync(fd)
    return `bit ${bit} of byte ${at} of ${name} flipped`
  }
}

/** The errno of an error, positive. Node's own errors have it negative. */
const errnoOf = (error: unknown): number => {
  if (error === null) return 0
  const { errno } = error as { errno?: number }
  if (errno === undefined) {
    process.stderr.write(`${messageOf(error)}\n`)
    return new Errno('EIO').errno
  }
  return Math.abs(errno)
}

const main = (): void => {
  process.umask(0)
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(name, () => {})
  const server = new Server(JSON.parse(process.argv[2] ?? '{}') as ServerOptions, () =>
    process.send?.({ ready: true }),
  )
  process.on('message', ({ id, request }: { id: number; request: ServerRequest }) => {
    try {
      process.send?.({ id, answer: server.answer(request) })
    } catch (error) {
      process.send?.({ id, error: messageOf(error) })
    }
  })
  // Not `exit`, which would wait for the thread that waits for the next request; callers that wait for an answer could
  // then not die.
  const die = (): void => {
    process.kill(process.pid, 'SIGKILL')
  }
  // Without its controller, nobody would unmount the file system.
  process.on('disconnect', die)
  process.on('uncaughtException', (error) => {
    fs.writeSync(2, `${error.stack}\n`)
    die()
  })
  server.serve()
}

try {
  main()
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`)
  process.exit(1)
}
