/** Lists and registers with transactions: one transaction is one entry of the log. */
import type { Call } from '../../../harness/api/history.ts'
import type { TransactionCall } from '../../../harness/vocabularies/transactions.ts'
import type { Scalar } from '../../../harness/vocabularies/values.ts'
import { DigestMap, type MakeStructure, type Structure } from './structure.ts'

export type MicroOperation = readonly [f: string, key: Scalar, value: unknown]
export type StoredValue = Scalar | readonly Scalar[]

export class TransactionalRegisters implements Structure {
  readonly #values: DigestMap<Scalar, StoredValue>

  constructor(saved: readonly [Scalar, StoredValue][]) {
    this.#values = new DigestMap(saved)
  }

  get digest(): number {
    return this.#values.digest
  }

  execute(call: Call): readonly MicroOperation[] {
    return ((call as TransactionCall).value as readonly MicroOperation[]).map((op) => this.#do(op))
  }

  read(call: Call): readonly MicroOperation[] {
    return this.execute(call)
  }

  save(): unknown {
    return this.#values.entries()
  }

  #do([f, key, value]: MicroOperation): MicroOperation {
    if (f === 'w') this.#values.set(key, value as Scalar)
    if (f === 'append')
      this.#values.set(key, [...((this.#values.get(key) ?? []) as readonly Scalar[]), value as Scalar])
    return f === 'r' ? [f, key, this.#values.get(key) ?? this.empty] : [f, key, value]
  }

  /** What a read returns of a key that was never written. */
  protected get empty(): unknown {
    return null
  }
}

export class TransactionalLists extends TransactionalRegisters {
  protected override get empty(): unknown {
    return []
  }
}

export const transactionalRegisters: MakeStructure = (saved) =>
  new TransactionalRegisters((saved ?? []) as [Scalar, StoredValue][])

export const lists: MakeStructure = (saved) =>
  new TransactionalLists((saved ?? []) as [Scalar, StoredValue][])
