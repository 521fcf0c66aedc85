/**
 * What would survive if the power failed now. For each file: the content as of its last fsync, page by page. For the
 * directories: the operations that no fsync has made durable yet, each with a function that undoes it.
 *
 * `strict` is what POSIX guarantees: the fsync of a file makes its content durable, and only the fsync of a directory
 * makes the operations in it durable. `ext4` is what that file system does: any fsync commits the journal, and with it
 * all earlier directory operations.
 */
import type { DirectoryDurability, Survival } from '../../api/disk.ts'
import type { Rng } from '../../api/random.ts'

export const PAGE_BYTES = 4096

/** Access to a file's current bytes. */
export interface FileBytes {
  size(): number
  /** Returns fewer bytes than requested at the end of the file. */
  read(at: number, length: number): Buffer
  write(at: number, bytes: Buffer): void
  truncate(size: number): void
}

type Pages = Map<number, Buffer>

/** What an undo needs. */
interface UndoSet {
  /** The pages that were changed, with their durable content. */
  readonly pages: Pages
  /** The pages that were written beyond the durable length. */
  readonly added: ReadonlySet<number>
  readonly durableSize: number
}

/** One file: the content of its pages and its length when it was last made durable. */
export class UnsyncedFile {
  readonly #file: FileBytes
  /** The pages changed since the last fsync, with their content at that time. */
  #pages: Pages = new Map()
  /** Pages written since then beyond the length of that time. A sparse file has far more pages than were ever written. */
  #added = new Set<number>()
  #durableSize: number
  /** While an fsync is under way: what was changed before it, since the fsync before. */
  #syncing: UndoSet | null = null

  constructor(file: FileBytes) {
    this.#file = file
    this.#durableSize = file.size()
  }

  get isClean(): boolean {
    const isUnchanged = this.#pages.size === 0 && this.#added.size === 0
    return this.#syncing === null && isUnchanged && this.#durableSize === this.#file.size()
  }

  /** To be called before `length` bytes from `at` on are written. */
  beforeWrite(at: number, length: number): void {
    this.beforeChange(at, length)
    const first = Math.floor(Math.max(at, this.#durableSize) / PAGE_BYTES)
    for (let page = first; page * PAGE_BYTES < at + length; page++) this.#added.add(page)
  }

  /** To be called before `length` bytes from `at` on are cut off. */
  beforeChange(at: number, length: number): void {
    const end = Math.min(at + length, this.#durableSize)
    for (let page = Math.floor(at / PAGE_BYTES); page * PAGE_BYTES < end; page++) {
      if (this.#pages.has(page)) continue
      const room = Math.min(PAGE_BYTES, this.#durableSize - page * PAGE_BYTES)
      const content = Buffer.alloc(room)
      this.#file.read(page * PAGE_BYTES, room).copy(content)
      this.#pages.set(page, content)
    }
  }

  /** An fsync begins: it does not cover later changes. If another one is under way, what it covers is kept as well. */
  beginSync(): void {
    this.#syncing = this.#undoSet()
    this.#pages = new Map()
    this.#added = new Set()
    this.#durableSize = this.#file.size()
  }

  /** The fsync has completed: all changes before it are durable. */
  endSync(): void {
    this.#syncing = null
  }

  /** What was changed since the last completed fsync. */
  #undoSet(): UndoSet {
    const own: UndoSet = { pages: this.#pages, added: this.#added, durableSize: this.#durableSize }
    if (this.#syncing === null) return own
    return {
      pages: new Map([...own.pages, ...this.#syncing.pages]),
      added: new Set([...own.added, ...this.#syncing.added]),
      durableSize: this.#syncing.durableSize,
    }
  }

  /** Rolls back what does not survive. Afterwards everything left is durable. */
  losePower(survival: Survival, rng: Rng): { readonly bytes: number; readonly pages: number } {
    const { pages: before, added, durableSize } = this.#undoSet()
    const size = this.#file.size()
    const isLost = (label: string | number): boolean =>
      survival === 'nothing' || (survival === 'some' && rng.fork(label).float() < 0.5)
    const changed = new Set([...before.keys(), ...[...added].filter((page) => page * PAGE_BYTES < size)])
    // A file that grew without a write has no page that could carry its length.
    const keepsLength = size > durableSize && !isLost('length')
    const wasCut = size < durableSize
    const keepsCut = wasCut && !isLost('cut')
    const lost = [...changed].filter((page) =>
      wasCut && (page + 1) * PAGE_BYTES > size ? !keepsCut : isLost(page),
    )
    const gone = new Set(lost)
    const surviving = [...changed].filter((page) => !gone.has(page) && page * PAGE_BYTES < size)
    const reached = surviving.reduce((end, page) => Math.max(end, Math.min(size, (page + 1) * PAGE_BYTES)), 0)
    this.#restore(lost, before, durableSize, keepsCut || keepsLength ? size : Math.max(durableSize, reached))
    this.#pages = new Map()
    this.#added = new Set()
    this.#syncing = null
    this.#durableSize = this.#file.size()
    const room = Math.max(size, durableSize)
    const bytes = lost.reduce((sum, page) => sum + Math.min(room - page * PAGE_BYTES, PAGE_BYTES), 0)
    return { bytes, pages: lost.length }
  }

  /** Restores the old content of the lost pages. A lost page that did not exist before becomes zeros. */
  #restore(lost: readonly number[], before: Pages, durableSize: number, size: number): void {
    this.#file.truncate(size)
    for (const page of lost) {
      const room = Math.min(PAGE_BYTES, size - page * PAGE_BYTES)
      // A page that was only extended with zeros still has its old content.
      const isAsBefore = !before.has(page) && page * PAGE_BYTES < durableSize
      if (room <= 0 || isAsBefore) continue
      const content = Buffer.alloc(room)
      before.get(page)?.copy(content)
      this.#file.write(page * PAGE_BYTES, content)
    }
  }
}

/** A directory operation that no fsync has made durable. `directories` are those in which it changed names. */
export interface DirectoryOperation<D> {
  readonly directories: readonly D[]
  /** The paths of the names that it changed. */
  paths(): readonly string[]
  /** The directory that it created. If the operation is lost, so is everything in that directory. */
  readonly made?: D
  undo(): void
  /** The operation is durable: whatever was kept for undoing it can be deleted. */
  settle(): void
}

/** The directory operations that are not durable yet, in order. */
export class UnsyncedDirectories<D> {
  readonly #mode: DirectoryDurability
  #operations: DirectoryOperation<D>[] = []

  constructor(mode: DirectoryDurability) {
    this.#mode = mode
  }

  get size(): number {
    return this.#operations.length
  }

  add(operation: DirectoryOperation<D>): void {
    this.#operations.push(operation)
  }

  /** A directory was fsynced. A rename between two directories is durable once either was fsynced. */
  syncDirectory(directory: D): void {
    this.#settle((operation) => this.#mode === 'ext4' || operation.directories.includes(directory))
  }

  /** A file was fsynced. */
  syncFile(): void {
    if (this.#mode === 'ext4') this.#settle(() => true)
  }

  syncAll(): void {
    this.#settle(() => true)
  }

  #settle(isDurable: (operation: DirectoryOperation<D>) => boolean): void {
    for (const operation of this.#operations.filter(isDurable)) operation.settle()
    this.#operations = this.#operations.filter((operation) => !isDurable(operation))
  }

  /**
   * Undoes what does not survive, the latest first. Of each directory's operations a prefix survives, since journals
   * keep the order. When an operation is lost, all later operations that depend on it are lost too. Returns the number
   * of lost operations.
   *
   * @param canBeLost of others only those in a directory that is lost are lost
   */
  losePower(survival: Survival, rng: Rng, canBeLost: (operation: DirectoryOperation<D>) => boolean): number {
    const lost = survival === 'all' ? new Set<number>() : this.#chooseLost(survival, rng, canBeLost)
    for (let i = this.#operations.length - 1; i >= 0; i--) {
      const operation = this.#operations[i] as DirectoryOperation<D>
      if (lost.has(i)) operation.undo()
      else operation.settle()
    }
    this.#operations = []
    return lost.size
  }

  #chooseLost(
    survival: 'nothing' | 'some',
    rng: Rng,
    canBeLost: (operation: DirectoryOperation<D>) => boolean,
  ): ReadonlySet<number> {
    const count = this.#operations.length
    const all = new Set(this.#operations.flatMap(({ directories }) => directories))
    /** Directory -> index of its first lost operation. */
    const cuts = new Map<D, number>()
    const cutOf = (label: number): number => (survival === 'nothing' ? 0 : rng.fork(label).int(count + 1))
    for (const [i, directory] of [...all].entries()) cuts.set(directory, cutOf(this.#mode === 'ext4' ? 0 : i))
    const lost = new Set<number>()
    const gone = new Set<D>()
    const immune = new Set(this.#operations.filter((operation) => !canBeLost(operation)))
    for (let changed = true; changed; ) {
      changed = false
      for (const [i, operation] of this.#operations.entries()) {
        const { directories, made } = operation
        if (lost.has(i) || directories.every((directory) => i < (cuts.get(directory) as number))) continue
        if (immune.has(operation) && !directories.some((directory) => gone.has(directory))) continue
        lost.add(i)
        changed = true
        for (const directory of directories) cuts.set(directory, Math.min(cuts.get(directory) as number, i))
        if (made === undefined) continue
        gone.add(made)
        if (cuts.has(made)) cuts.set(made, 0)
      }
    }
    return lost
  }
}
