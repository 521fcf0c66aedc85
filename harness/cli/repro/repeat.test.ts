import { expect, it } from 'vitest'
import type { RecordedFault } from '../../api/nemesis.ts'
import type { RunSpec } from '../../api/record.ts'
import { RUN_SETTINGS } from '../run/settings.ts'
import { buildRunSpec } from '../run/spec.ts'
import { parseSettings } from '../setting.ts'
import { wordsToRepeat } from './repeat.ts'

const built = async (given: Readonly<Record<string, string>>): Promise<RunSpec> =>
  (await buildRunSpec('raft', parseSettings(RUN_SETTINGS, { env: 'namespaces', seed: '9', ...given }))).spec

const wordsFor = async (spec: RunSpec, faults: readonly RecordedFault[]): Promise<string> =>
  (await wordsToRepeat(spec, faults, 'plan.jsonl')).join(' ')

const KILL: RecordedFault = {
  id: 'kill-1',
  nemesis: 'kill',
  atNs: 0,
  durationNs: 1,
  model: 'kill',
  intent: {},
}

it.each([
  ['nemeses', { nemesis: 'kill,partition', nemesisOpts: 'kill.victims=all,partition.shapes=one' }],
  ['an incident', { incident: 'failover-cascade', timeLimit: '20s', nemesisOpts: 'kill.uptime=1s' }],
])(
  'the faults that are left of %s are repeated, with the options of their nemeses alone',
  async (_, given) => {
    const spec = { ...(await built(given)), capture: true } as const
    const words = await wordsFor(spec, [KILL])
    expect(words).toContain('--faults plan.jsonl --nemesis-opts kill.')
    for (const other of ['--incident', '--nemesis ', '--capture', 'partition'])
      expect(words).not.toContain(other)
    const calm = await wordsFor(spec, [])
    for (const other of ['--incident', '--nemesis', '--faults']) expect(calm).not.toContain(other)
  },
)
