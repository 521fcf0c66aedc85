/**
 * What would survive if the power failed now: for each file the content as of its last fsync, by pages; for the
 * directories the operations that no fsync has made durable yet, each with its undoing.
 *
 * `strict` is POSIX's word: a file's fsync makes its content durable, and only the fsync of a directory what was done in
 * it. `ext4` is what that file system does: any fsync commits the journal, and with it all directory operations before.
 */
import type { DirectoryDurability, Survival } from '../../api/disk.ts'
import type { Rng } from '../../api/random.ts'

export const PAGE_BYTES = 4096

/** A file's bytes as they are now. */
export interface FileBytes {
  size(): number
  /** Fewer than asked at the end of the file. */
  read(at: number, length: number): Buffer
  write(at: number, bytes: Buffer): void
  truncate(size: number): void
}

type Pages = Map<number, Buffer>

/** One file: what its pages held, and how long it was, when it was last made durable. */
export class UnsyncedFile {
  readonly #file: FileBytes
  /** As of the last completed fsync: pages changed since, with what they held. */
  #pages: Pages = new Map()
  #durableSize: number
  /** Of an fsync that has begun: what was changed before it. */
  #syncing: { readonly pages: Pages; readonly durableSize: number } | null = null

  constructor(file: FileBytes) {
    this.#file = file
    this.#durableSize = file.size()
  }

  get isClean(): boolean {
    return this.#syncing === null && this.#pages.size === 0 && this.#durableSize === this.#file.size()
  }

  /** Before bytes from `at` on are written, or cut off. */
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

  /** What changes from here on is not covered by the fsync that begins. Another one under way keeps its older claim. */
  beginSync(): void {
    const older = this.#undoSet()
    this.#syncing = { pages: older.pages, durableSize: older.durableSize }
    this.#pages = new Map()
    this.#durableSize = this.#file.size()
  }

  /** It was answered: what was changed before it is durable. */
  endSync(): void {
    this.#syncing = null
  }

  /** Pages as of the last fsync that was answered. */
  #undoSet(): { readonly pages: Pages; readonly durableSize: number } {
    if (this.#syncing === null) return { pages: this.#pages, durableSize: this.#durableSize }
    return {
      pages: new Map([...this.#pages, ...this.#syncing.pages]),
      durableSize: this.#syncing.durableSize,
    }
  }

  /** Rolls back what does not survive; afterwards all is durable. */
  losePower(survival: Survival, rng: Rng): { readonly bytes: number; readonly pages: number } {
    const { pages: before, durableSize } = this.#undoSet()
    const size = this.#file.size()
    const isLost = (label: string | number): boolean =>
      survival === 'nothing' || (survival === 'some' && rng.fork(label).float() < 0.5)
    const changed = new Set(before.keys())
    if (size > durableSize)
      for (let page = Math.floor(durableSize / PAGE_BYTES); page * PAGE_BYTES < size; page++)
        changed.add(page)
    const wasCut = size < durableSize
    const keepsCut = wasCut && !isLost('cut')
    const lost = [...changed].filter((page) =>
      wasCut && (page + 1) * PAGE_BYTES > size ? !keepsCut : isLost(page),
    )
    const gone = new Set(lost)
    const surviving = [...changed].filter((page) => !gone.has(page) && page * PAGE_BYTES < size)
    const reached = surviving.reduce((end, page) => Math.max(end, Math.min(size, (page + 1) * PAGE_BYTES)), 0)
    this.#restore(lost, before, durableSize, keepsCut ? size : Math.max(durableSize, reached))
    this.#pages = new Map()
    this.#syncing = null
    this.#durableSize = this.#file.size()
    const room = Math.max(size, durableSize)
    const bytes = lost.reduce((sum, page) => sum + Math.min(room - page * PAGE_BYTES, PAGE_BYTES), 0)
    return { bytes, pages: lost.length }
  }

  /** Puts back what lost pages held; where that was nothing and the file is longer now, zeros. */
  #restore(lost: readonly number[], before: Pages, durableSize: number, size: number): void {
    this.#file.truncate(size)
    for (const page of lost) {
      const room = Math.min(PAGE_BYTES, size - page * PAGE_BYTES)
      // A page that was only lengthened with zeros still holds what it did.
      const isAsBefore = !before.has(page) && page * PAGE_BYTES < durableSize
      if (room <= 0 || isAsBefore) continue
      const content = Buffer.alloc(room)
      before.get(page)?.copy(content)
      this.#file.write(page * PAGE_BYTES, content)
    }
  }
}

/** A directory operation that no fsync has made durable. `directories`: where it changed names. */
export interface DirectoryOperation<D> {
  readonly directories: readonly D[]
  /** The directory it made, of which nothing survives without it. */
  readonly made?: D
  undo(): void
  /** It is durable: what was kept for its undoing may go. */
  settle(): void
}

/** The directory operations not durable yet, in their order. */
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

  /** A directory was fsynced; a rename between two is durable with either. */
  syncDirectory(directory: D): void {
    this.#settle((operation) => this.#mode === 'ext4' || operation.directories.includes(directory))
  }

  /** A file was fsynced. */
  syncFile(): void {
    if (this.#mode === 'ext4') this.#settle(() => true)
  }

  #settle(isDurable: (operation: DirectoryOperation<D>) => boolean): void {
    for (const operation of this.#operations.filter(isDurable)) operation.settle()
    this.#operations = this.#operations.filter((operation) => !isDurable(operation))
  }

  /**
   * Undoes what does not survive, latest first. Of each directory's operations a first part survives, as journals keep
   * the order; with one that is lost, whatever later stands on it is lost too. Returns how many were lost.
   */
  losePower(survival: Survival, rng: Rng): number {
    const lost = survival === 'all' ? new Set<number>() : this.#chooseLost(survival, rng)
    for (let i = this.#operations.length - 1; i >= 0; i--) {
      const operation = this.#operations[i] as DirectoryOperation<D>
      if (lost.has(i)) operation.undo()
      else operation.settle()
    }
    this.#operations = []
    return lost.size
  }

  #chooseLost(survival: 'nothing' | 'some', rng: Rng): ReadonlySet<number> {
    const count = this.#operations.length
    const all = new Set(this.#operations.flatMap(({ directories }) => directories))
    /** Directory -> index of the first operation in it that is lost. */
    const cuts = new Map<D, number>()
    const cutOf = (label: number): number => (survival === 'nothing' ? 0 : rng.fork(label).int(count + 1))
    for (const [i, directory] of [...all].entries()) cuts.set(directory, cutOf(this.#mode === 'ext4' ? 0 : i))
    const lost = new Set<number>()
    for (let changed = true; changed; ) {
      changed = false
      for (const [i, { directories, made }] of this.#operations.entries()) {
        if (lost.has(i) || directories.every((directory) => i < (cuts.get(directory) as number))) continue
        lost.add(i)
        changed = true
        for (const directory of directories) cuts.set(directory, Math.min(cuts.get(directory) as number, i))
        if (made !== undefined && cuts.has(made)) cuts.set(made, 0)
      }
    }
    return lost
  }
}
