/** A history that does not fit into memory has the verdict that it has in memory. */
import { describe, expect, it } from 'vitest'
import type { RunRecord } from '../harness/api/record.ts'
import type { Scratch } from '../harness/api/spill.ts'
import type { Verdict } from '../harness/api/verdict.ts'
import type { Workload } from '../harness/api/workload.ts'
import { SpillFile } from '../harness/store/spill-file.ts'
import { MISBEHAVIOURS, runOnBroken } from '../harness/testing/broken-machine.ts'
import { sized } from '../harness/testing/capabilities.ts'
import { structures } from '../targets/protocol/structures/index.ts'
import { workloads } from '../workloads/index.ts'
import { composeVerdict } from './compose.ts'

/** What can be drawn depends on how long it takes, and a key that is searched again after the others counts twice. */
const withoutTimes = ({
  evidence,
  details: { keysBySearch: _, ...details },
  ...verdict
}: Verdict): object => ({
  ...verdict,
  details,
  evidence: evidence.map(({ page: _, view: __, ...each }) => each),
})

const judged = async (record: RunRecord, workload: Workload): Promise<object> => {
  const checkers = workload
    .checkers(record.workloadOptions ?? {})
    .filter(({ needs }) => needs.every((part) => record[part] !== null))
  const verdict = await composeVerdict(checkers, record, new AbortController().signal)
  return { ...verdict, verdicts: verdict.verdicts.map(withoutTimes) }
}

const tested = MISBEHAVIOURS.slice(0, sized(3, MISBEHAVIOURS.length))
const bounds = [50, 7].slice(0, sized(1, 2))
/** Whose histories can be made. */
const simulated = Object.values(workloads).filter(({ vocabulary }) => vocabulary.name in structures)

describe('with room for few operations in memory, the verdict is the same', () => {
  it.each(simulated)('$name', async (workload) => {
    for (const how of tested) {
      const { record } = runOnBroken(workload, how)
      const { scratch: _, ...inMemory } = record
      const expected = await judged(inMemory, workload)
      for (const mostInMemory of bounds) {
        const scratch: Scratch = { makeSpill: () => new SpillFile(), mostInMemory }
        expect(await judged({ ...record, scratch }, workload), `${how}, ${mostInMemory}`).toEqual(expected)
      }
    }
  })
})
