/** Permissions: whether each subject is allowed. */
import type { Call } from '../../../harness/api/history.ts'
import type { AccessCall, Checked } from '../../../harness/vocabularies/access.ts'
import { DigestMap, type MakeStructure, type Structure } from './structure.ts'

class Access implements Structure {
  readonly #subjects: DigestMap<number, boolean>

  constructor(saved: readonly [number, boolean][]) {
    this.#subjects = new DigestMap(saved)
  }

  get digest(): number {
    return this.#subjects.digest
  }

  execute(raw: Call): unknown {
    const call = raw as AccessCall
    if (call.f === 'check') return this.read(call)
    const { subject } = call.value
    this.#subjects.set(subject, call.f === 'grant')
    return { subject }
  }

  read(call: Call): Checked {
    const { subject } = call.value as { subject: number }
    return { subject, allowed: this.#subjects.get(subject) ?? false }
  }

  save(): unknown {
    return this.#subjects.entries()
  }
}

export const access: MakeStructure = (saved) => new Access((saved ?? []) as [number, boolean][])
