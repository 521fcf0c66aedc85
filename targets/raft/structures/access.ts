/** Who may do something. */
import type { Call } from '../../../harness/api/history.ts'
import type { AccessCall, Checked } from '../../../harness/vocabularies/access.ts'
import { DigestMap, type MakeStructure, type Structure } from './structure.ts'

interface Standing {
  readonly allowed: boolean
  /** By the bug newest-clock-wins: the proposing leader's wall clock. */
  readonly atMs: number
}

class Access implements Structure {
  readonly #subjects: DigestMap<number, Standing>

  constructor(saved: readonly [number, Standing][]) {
    this.#subjects = new DigestMap(saved)
  }

  get digest(): number {
    return this.#subjects.digest
  }

  execute(raw: Call): unknown {
    const call = raw as AccessCall
    if (call.f === 'check') return this.read(call)
    const { subject } = call.value
    const { clockMs = 0 } = call.value as { clockMs?: number }
    const isNewer = clockMs >= (this.#subjects.get(subject)?.atMs ?? 0)
    if (isNewer) this.#subjects.set(subject, { allowed: call.f === 'grant', atMs: clockMs })
    return { subject }
  }

  read(call: Call): Checked {
    const { subject } = call.value as { subject: number }
    return { subject, allowed: this.#subjects.get(subject)?.allowed ?? false }
  }

  save(): unknown {
    return this.#subjects.entries()
  }
}

export const access: MakeStructure = (saved) => new Access((saved ?? []) as [number, Standing][])
