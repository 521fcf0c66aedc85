/** Counters. */
import type { Call } from '../../../harness/api/history.ts'
import type { CounterCall, CounterRead } from '../../../harness/vocabularies/counter.ts'
import type { Scalar } from '../../../harness/vocabularies/values.ts'
import { DigestMap, type MakeStructure, type Structure } from './structure.ts'

export class Counters implements Structure {
  protected readonly values: DigestMap<Scalar, number>

  constructor(saved: readonly [Scalar, number][]) {
    this.values = new DigestMap(saved)
  }

  get digest(): number {
    return this.values.digest
  }

  execute(raw: Call): unknown {
    const call = raw as CounterCall
    if (call.f === 'read') return this.read(call)
    const { key, delta } = call.value
    this.values.set(key, (this.values.get(key) ?? 0) + delta)
    return { key, delta }
  }

  read(call: Call): CounterRead {
    const { key } = call.value as { key: Scalar }
    return { key, value: this.values.get(key) ?? 0 }
  }

  save(): unknown {
    return this.values.entries()
  }
}

export const counters: MakeStructure = (saved) => new Counters((saved ?? []) as [Scalar, number][])
