/** What a node's disk in memory holds after each of its writes. */
import { SimulatedDisk } from '../../protocol/simulation/disk.ts'
import { type Durable, emptyDisk, type Ready } from '../core/types.ts'
import type { Disk } from '../replica.ts'
import { newService, type ServiceState } from '../view-service/core.ts'

/** Of a node, or of the view service. */
interface Content {
  readonly node: Durable
  readonly service: ServiceState
}

export class PrimaryBackupDisk extends SimulatedDisk<Content> implements Disk {
  constructor() {
    super({ node: emptyDisk, service: newService })
  }

  get restored(): Durable {
    return this.read().node
  }

  persist({ view, entries, sync }: Ready): void {
    const { node } = this.read()
    const first = entries[0]
    const kept =
      first === undefined ? node.entries : node.entries.slice(0, first.index - node.snapshot.index - 1)
    this.replace({ ...node, view: view ?? node.view, entries: [...kept, ...entries] }, sync)
  }

  replace(node: Durable, isSynced: boolean): void {
    this.write({ ...this.read(), node }, isSynced)
  }

  saveService(service: ServiceState): void {
    this.write({ ...this.read(), service }, true)
  }
}
