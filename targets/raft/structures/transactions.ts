/** Lists and registers under transactions: one entry of the log is one transaction. */
import type { Call } from '../../../harness/api/history.ts'
import type { TransactionCall } from '../../../harness/vocabularies/transactions.ts'
import type { Scalar } from '../../../harness/vocabularies/values.ts'
import { DigestMap, type MakeStructure, type Structure } from './structure.ts'

type Op = readonly [f: string, key: Scalar, value: unknown]
type Value = Scalar | readonly Scalar[]

class Transactional implements Structure {
  readonly #values: DigestMap<Scalar, Value>

  constructor(saved: readonly [Scalar, Value][]) {
    this.#values = new DigestMap(saved)
  }

  get digest(): number {
    return this.#values.digest
  }

  execute(call: Call): readonly Op[] {
    return ((call as TransactionCall).value as readonly Op[]).map((op) => this.#do(op))
  }

  read(call: Call): readonly Op[] {
    return this.execute(call)
  }

  save(): unknown {
    return this.#values.entries()
  }

  #do([f, key, value]: Op): Op {
    if (f === 'w') this.#values.set(key, value as Scalar)
    if (f === 'append')
      this.#values.set(key, [...((this.#values.get(key) ?? []) as readonly Scalar[]), value as Scalar])
    // `answered`: by the bug txn-reads-early the leader has already read.
    if (f === 'answered') return ['r', key, value]
    return f === 'r' ? [f, key, this.#values.get(key) ?? this.empty] : [f, key, value]
  }

  /** What a read of a key returns that was never written. */
  protected get empty(): unknown {
    return null
  }
}

class Lists extends Transactional {
  protected override get empty(): unknown {
    return []
  }
}

export const transactionalRegisters: MakeStructure = (saved) =>
  new Transactional((saved ?? []) as [Scalar, Value][])

export const lists: MakeStructure = (saved) => new Lists((saved ?? []) as [Scalar, Value][])
