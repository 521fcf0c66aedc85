/** Ids: one number after another. */
import type { Call } from '../../../harness/api/history.ts'
import type { Generated } from '../../../harness/vocabularies/unique-ids.ts'
import type { MakeStructure, Structure } from './structure.ts'

class Ids implements Structure {
  digest: number

  constructor(last: number) {
    this.digest = last
  }

  execute({ value }: Call): Generated {
    this.digest++
    // `reserved`: by the bug ids-from-memory the leader has already drawn one.
    return { id: (value as { reserved?: number }).reserved ?? this.digest }
  }

  /** The last one handed out. */
  read(): Generated {
    return { id: this.digest }
  }

  save(): unknown {
    return this.digest
  }
}

export const ids: MakeStructure = (saved) => new Ids((saved ?? 0) as number)
