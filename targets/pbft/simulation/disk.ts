/** What a replica's disk in memory holds after each of its writes. */
import { SimulatedDisk } from '../../protocol/simulation/disk.ts'
import { emptyDisk } from '../core/pbft.ts'
import type { Durable, DurableRecord } from '../core/types.ts'
import type { Disk } from '../replica.ts'

export class PbftDisk extends SimulatedDisk<Durable> implements Disk {
  constructor() {
    super(emptyDisk)
  }

  get restored(): Durable {
    return this.read()
  }

  persist(records: readonly DurableRecord[]): void {
    const { stable, records: before } = this.read()
    if (records.length > 0) this.write({ stable, records: [...before, ...records] }, true)
  }

  replace(durable: Durable): void {
    this.write(durable, true)
  }
}
