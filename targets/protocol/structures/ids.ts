/** Unique ids: consecutive numbers. */
import type { Call } from '../../../harness/api/history.ts'
import type { Generated } from '../../../harness/vocabularies/unique-ids.ts'
import type { MakeStructure, Structure } from './structure.ts'

export class Ids implements Structure {
  digest: number

  constructor(last: number) {
    this.digest = last
  }

  execute(_call: Call): Generated {
    this.digest++
    return { id: this.digest }
  }

  /** The last id that was given out. */
  read(): Generated {
    return { id: this.digest }
  }

  save(): unknown {
    return this.digest
  }
}

export const ids: MakeStructure = (saved) => new Ids((saved ?? 0) as number)
