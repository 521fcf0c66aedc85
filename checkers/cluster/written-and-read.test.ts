/** What was read and not written is found as well where most of it is on disk. */
import { describe, expect, it } from 'vitest'
import type { Operation } from '../../harness/api/history.ts'
import type { Rng } from '../../harness/api/random.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import { bareRecord } from '../../harness/store/run-store.ts'
import { SpillFile } from '../../harness/store/spill-file.ts'
import { rngFromSeed } from '../../harness/support/random.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { outcomes } from './outcomes.ts'

const CLIENTS = 5
const KEYS = 3
const VALUES = 60

/** Writes and reads of few values, of which some fail, overlap, or are read as texts. */
const randomHistory = (rng: Rng, share: number): readonly Operation[] => {
  const history: Operation[] = []
  const open = new Map<number, Operation>()
  const push = (operation: Omit<Operation, 'index' | 'timeNs'>): Operation => {
    const made = { index: history.length, timeNs: history.length * 1e6, ...operation }
    history.push(made)
    return made
  }
  for (let i = 0; i < 400; i++) {
    const process = rng.int(CLIENTS)
    const asked = open.get(process)
    const [key, value] = [rng.int(KEYS), rng.int(VALUES)]
    if (asked === undefined) {
      const f = rng.float() < 0.5 ? 'write' : 'read'
      const call = f === 'write' ? { key, value } : { key }
      open.set(process, push({ process, type: 'invoke', f, value: call }))
      continue
    }
    open.delete(process)
    const { f } = asked
    const told = asked.value as { readonly key: number }
    if (f === 'write' && rng.float() < 0.5) push({ process, type: 'fail', f, value: told, error: 'refused' })
    else {
      const read = rng.float() < share ? `${value}` : value
      push({ process, type: 'ok', f, value: f === 'write' ? told : { ...told, value: read } })
    }
  }
  return history
}

describe('outcomes', () => {
  it('are the same with room for few values in memory', async () => {
    const seen = new Set<string>()
    for (let seed = 1; seed <= 60; seed++) {
      const history = randomHistory(rngFromSeed(seed), seed % 3 === 0 ? 0.1 : 0)
      const { scratch: _, ...inMemory }: RunRecord = { ...bareRecord(history), vocabulary: REGISTER }
      const judge = (record: RunRecord) => outcomes.check(record, new AbortController().signal)
      const expected = await judge(inMemory)
      for (const { title } of expected.evidence) seen.add(title)
      for (const mostInMemory of [1, 40, 600]) {
        const scratch = { makeSpill: () => new SpillFile(), mostInMemory }
        expect(await judge({ ...inMemory, scratch }), `seed ${seed}, ${mostInMemory}`).toEqual(expected)
      }
    }
    expect([...seen].sort().join()).toMatch(/failed value.*another type/)
  })
})
