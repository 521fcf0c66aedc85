/** A node's disk in memory: what was written, and what remains of it after a power loss. @template T all that it holds */
export class SimulatedDisk<T> {
  #written: T
  #durable: T

  constructor(empty: T) {
    this.#written = empty
    this.#durable = empty
  }

  write(content: T, isSynced: boolean): void {
    this.#written = content
    if (isSynced) this.#durable = content
  }

  /** What was not synced is lost. */
  losePower(): void {
    this.#written = this.#durable
  }

  read(): T {
    return this.#written
  }
}
