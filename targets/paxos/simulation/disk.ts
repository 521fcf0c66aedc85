/** What an acceptor's disk in memory holds after each of its writes. */
import { SimulatedDisk } from '../../protocol/simulation/disk.ts'
import { emptyDisk } from '../core/paxos.ts'
import type { Durable, Ready } from '../core/types.ts'
import type { Disk } from '../replica.ts'

export class PaxosDisk extends SimulatedDisk<Durable> implements Disk {
  constructor() {
    super(emptyDisk)
  }

  get restored(): Durable {
    return this.read()
  }

  persist({ promised, accepted, sync }: Ready): void {
    const written = this.read()
    const slots = new Set(accepted.map(({ entry }) => entry.slot))
    const others = written.accepted.filter(({ entry }) => !slots.has(entry.slot))
    this.write(
      { ...written, promised: promised ?? written.promised, accepted: [...others, ...accepted] },
      sync,
    )
  }

  replace(durable: Durable, isSynced: boolean): void {
    this.write(durable, isSynced)
  }
}
