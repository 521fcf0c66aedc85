/** A node's disk as the controller sees it: the mount, the process that serves it, and the requests to that process. */

import { type ChildProcess, fork, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import type { NodeCgroups } from '../../api/cgroup.ts'
import type {
  Damage,
  DirectoryDurability,
  DiskCounts,
  DiskRule,
  Lost,
  NodeDisk,
  Survival,
} from '../../api/disk.ts'
import type { UndoJournal } from '../../api/journal.ts'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { sleep, waitUntil } from '../../support/wait.ts'
import { addToCgroups, createCgroups } from '../cgroup/groups.ts'
import { undoEntry } from '../undo.ts'
import { unmount } from './mounts.ts'
import type { ServerAnswer, ServerOptions, ServerRequest } from './server.ts'

const serverModule = (): string => {
  const extension = import.meta.filename.endsWith('.ts') ? 'ts' : 'js'
  return fileURLToPath(new URL(`./server.${extension}`, import.meta.url))
}

const RELEASE_TIMEOUT_MS = 5000
/** What a `sync` has begun to write is written within this time after it has returned. */
const WRITE_BACK_MS = 50
/** The highest limit of descriptors that Linux allows by default (fs.nr_open). */
const MOST_FILES = 2 ** 20

interface Pending {
  readonly resolve: (answer: never) => void
  readonly reject: (error: Error) => void
}

class FuseDisk implements NodeDisk {
  readonly path: string
  readonly backing: string
  readonly cgroups: NodeCgroups
  readonly #server: ChildProcess
  readonly #pending = new Map<number, Pending>()
  #nextId = 0
  #disposed = false
  failure: string | null = null
  #rules: readonly DiskRule[] = []

  constructor(options: ServerOptions, server: ChildProcess, cgroups: NodeCgroups, stderr: () => string) {
    this.path = options.mount
    this.backing = options.root
    this.cgroups = cgroups
    this.#server = server
    server.on('message', (message: { id?: number; answer?: never; error?: string }) => {
      const pending = this.#pending.get(message.id ?? -1)
      this.#pending.delete(message.id ?? -1)
      if (message.error === undefined) pending?.resolve(message.answer as never)
      else pending?.reject(new Error(message.error))
    })
    server.on('exit', (code, signal) => {
      const why = `the process that serves ${this.path} ended (${signal ?? code}): ${stderr()}`
      if (!this.#disposed) this.failure = why
      for (const { reject } of this.#pending.values()) reject(new Error(why))
      this.#pending.clear()
    })
  }

  #ask<T extends ServerRequest>(request: T): Promise<ServerAnswer[T['ask']]> {
    const id = this.#nextId++
    return new Promise((resolve, reject) => {
      if (!this.#server.connected) return reject(new Error(`the process that serves ${this.path} has ended`))
      this.#pending.set(id, { resolve, reject })
      this.#server.send({ id, request })
    })
  }

  async setRules(fault: string, rules: readonly DiskRule[]): Promise<void> {
    this.#rules = [...this.#rules.filter((rule) => rule.fault !== fault), ...rules]
    await this.#ask({ ask: 'rules', rules: this.#rules })
  }

  counts(): Promise<DiskCounts> {
    return this.#ask({ ask: 'counts' })
  }

  held(fault: string): Promise<number> {
    return this.#ask({ ask: 'held', fault })
  }

  async losePower(survival: Survival, seed: number, paths = ''): Promise<Lost> {
    // The kernel releases the files of a dead process a moment after its death.
    const isReleased = async (): Promise<boolean> => (await this.#ask({ ask: 'open-files' })) === 0
    if (!(await waitUntil(isReleased, RELEASE_TIMEOUT_MS, 2)))
      throw new Error(`${this.path}: files are still open, so a power loss cannot be simulated`)
    await sleep(WRITE_BACK_MS)
    return this.#ask({ ask: 'power-loss', survival, seed, paths })
  }

  damage(damage: Damage): Promise<string | null> {
    return this.#ask({ ask: 'damage', damage })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#disposed = true
    unmount(this.path)
    if (this.#server.exitCode === null && this.#server.signalCode === null) {
      const exited = once(this.#server, 'exit')
      this.#server.kill('SIGKILL')
      await exited
    }
    for (const directory of this.cgroups.directories) await undoEntry({ kind: 'cgroup', path: directory })
  }
}

/** Users other than root keep their limit. The server reads it when it starts, which takes longer than this. */
const limitFiles = (pid: number, most: number): void => {
  spawnSync('prlimit', ['--pid', String(pid), `--nofile=${most}:${most}`], { stdio: 'ignore' })
}

export interface DiskOptions {
  /** The node's own folder below the state directory. */
  readonly directory: string
  readonly durability: DirectoryDurability
  readonly seed: number
  readonly journal: UndoJournal
  /** Name of the cgroup for the process that serves the disk, if there are cgroups. */
  readonly cgroup: string
  /** How many descriptors its server may have. Files that are removed and still open need one each. */
  readonly mostFiles?: number
  /** Whether `sync` and `syncfs` make everything durable, wherever on the machine they are called; true by default. */
  readonly noticesSync?: boolean
}

/**
 * Mounts a node's disk, journalled first. Its content is stored in `backing`, in the same folder.
 *
 * @throws UserError (harness failed) if it could not be mounted.
 */
export const mountDisk = async ({
  directory,
  durability,
  seed,
  journal,
  cgroup,
  mostFiles = MOST_FILES,
  noticesSync = true,
}: DiskOptions): Promise<NodeDisk> => {
  const options: ServerOptions = {
    mount: path.join(directory, 'mount'),
    root: path.join(directory, 'disk'),
    graveyard: path.join(directory, 'unlinked'),
    durability,
    seed,
    noticesSync,
  }
  for (const each of [options.mount, options.root, options.graveyard]) fs.mkdirSync(each, { recursive: true })
  // Journalled before the mount, so that it is undone after it: the server is in this cgroup.
  const cgroups = createCgroups(cgroup, journal, ['io'])
  journal.record({ kind: 'mount', path: options.mount })
  const server = fork(serverModule(), [JSON.stringify(options)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    env: { ...process.env, NODE_NO_WARNINGS: '1' },
    execArgv: [],
  })
  if (server.pid !== undefined) {
    addToCgroups(cgroups, server.pid)
    limitFiles(server.pid, mostFiles)
  }
  let stderr = ''
  server.stderr?.on('data', (chunk: Buffer) => {
    stderr += chunk.toString()
  })
  const [outcome] = await Promise.race([once(server, 'message'), once(server, 'exit')])
  if (typeof outcome === 'object' && outcome !== null)
    return new FuseDisk(options, server, cgroups, () => stderr)
  throw new UserError(
    `A disk could not be mounted: ${stderr.trim()}. See \`faultline doctor\`.`,
    EXIT_CODES.harnessFailed,
  )
}

/** The reason why our file system cannot be mounted here; null if the device can be opened and Perl can be run. */
export const whyNoDisk = (): string | null => {
  try {
    fs.closeSync(fs.openSync('/dev/fuse', 'r+'))
  } catch (error) {
    return `/dev/fuse cannot be opened (${(error as NodeJS.ErrnoException).code}): modprobe fuse, as root`
  }
  const { status } = spawnSync('perl', ['-e', ''], { stdio: 'ignore' })
  return status === 0 ? null : 'perl cannot be run: install perl-base, which makes the calls that Node lacks'
}

/** What it is, and what it lacks on this kernel: O_TMPFILE was given to such file systems in Linux 6.2. */
export const describeDisk = (release: string): string => {
  const [major = 0, minor = 0] = release.split('.').map(Number.parseFloat)
  const hasTmpfile = major > 6 || (major === 6 && minor >= 2)
  return `our own FUSE file system below the data directory${hasTmpfile ? '' : ', without O_TMPFILE on this kernel'}`
}
