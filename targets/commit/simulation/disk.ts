/** What a node's disk in memory holds: what stood on it at first, and the log since then. */
import { SimulatedDisk } from '../../protocol/simulation/disk.ts'
import { replay } from '../core/replay.ts'
import { type Durable, type Entry, emptyDisk } from '../core/types.ts'
import type { Disk } from '../runner.ts'

interface Content {
  readonly base: Durable
  readonly log: readonly Entry[]
}

export class CommitDisk extends SimulatedDisk<Content> implements Disk {
  constructor() {
    super({ base: emptyDisk, log: [] })
  }

  get restored(): Durable {
    const { base, log } = this.read()
    return replay(base, log)
  }

  append(entries: readonly Entry[], isSynced: boolean): void {
    const { base, log } = this.read()
    this.write({ base, log: [...log, ...entries] }, isSynced)
  }

  replace(durable: Durable): void {
    this.write({ base: durable, log: [] }, true)
  }
}
