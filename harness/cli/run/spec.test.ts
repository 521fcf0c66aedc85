import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, describe, expect, it } from 'vitest'
import { nemeses } from '../../../nemeses/index.ts'
import { raft } from '../../../targets/raft/target.ts'
import { planFaults } from '../../engine/fault-plan.ts'
import { PROJECT_ROOT } from '../../testing/capabilities.ts'
import { type Given, parseSettings } from '../setting.ts'
import { RUN_SETTINGS } from './settings.ts'
import { type BuiltSpec, buildRunSpec } from './spec.ts'

type GivenToRun = Given<typeof RUN_SETTINGS>

const build = async (target: string, given: GivenToRun): Promise<BuiltSpec> =>
  buildRunSpec(target, parseSettings(RUN_SETTINGS, { env: 'namespaces', timeLimit: '20s', ...given }))

const RECORDED = {
  id: 'kill-1',
  nemesis: 'kill',
  model: 'kill',
  atNs: 2e9,
  durationNs: 1e9,
  intent: { victims: 'one', order: ['n5', 'n1'], signal: 'SIGKILL', pattern: 'at-once', uptimeMs: 700 },
}
const FOLDER = fs.mkdtempSync(path.join(os.tmpdir(), 'faultline-plan-'))
const writePlan = (name: string, fault: object): string => {
  const file = path.join(FOLDER, name)
  fs.writeFileSync(file, `${JSON.stringify({ type: 'planned', fault })}\n`)
  return file
}
const PLAN = writePlan('faults.jsonl', RECORDED)
const BROKEN_PLAN = writePlan('broken.jsonl', {
  ...RECORDED,
  intent: { ...RECORDED.intent, signal: 'SIGNONE' },
})
afterAll(() => fs.rmSync(FOLDER, { recursive: true, force: true }))

describe('the spec of a run', () => {
  it('expects a promise of the vocabulary, by its name or by an earlier one', async () => {
    const expected = async (workload: string, expect: string) =>
      (await build('raft', { workload, expect })).spec.expect
    expect(await expected('queue', 'fifo-at-most-once')).toBe('fifo-at-most-once')
    expect(await expected('unique-ids', 'linearizable')).toBe('unique')
    await expect(expected('queue', 'at-leastonce')).rejects.toThrow('Did you mean at-least-once?')
  })

  it('tells whoever aims at leaders that none is known', async () => {
    const file = path.join(FOLDER, 'leaderless.mts')
    const module = path.join(PROJECT_ROOT, 'targets/raft/target.ts')
    fs.writeFileSync(
      file,
      `import { raft } from '${module}'\nconst { status: _, ...rest } = raft\nexport default rest\n`,
    )
    expect((await build(file, { nemesis: 'kill,packet' })).notes).toContain(
      'raft has no status, so nobody knows its leader: faults of kill at the leader hit the node that the seed chooses.',
    )
    expect((await build(file, { incident: 'full-disk' })).notes.join()).toContain(
      'faults of disk at the leader hit',
    )
    expect((await build(file, { incident: 'power-cut' })).notes).toEqual([])
    expect((await build('raft', { nemesis: 'kill' })).notes).toEqual([])
  })

  it('is plain data with the defaults filled in', async () => {
    const { spec } = await build('raft', {
      nemesis: 'kill,pause',
      nemesisOpts: 'kill.victims=leader',
      seed: '7',
    })
    expect(spec).toMatchObject({
      target: 'raft',
      nodes: 5,
      seed: 7,
      timeLimitMs: 20_000,
      environment: 'namespaces',
      bug: null,
      expect: null,
    })
    expect(spec.nemeses[0]).toMatchObject({ name: 'kill', options: { victims: 'leader' } })
    expect(JSON.parse(JSON.stringify(spec))).toEqual(spec)
  })

  it('takes every usable nemesis with all', async () => {
    const { spec, notes } = await build('raft', { nemesis: 'all' })
    const named = [...spec.nemeses.map(({ name }) => name), ...notes.map((note) => note.split(' ')[0])]
    expect(named.toSorted()).toEqual(Object.keys(nemeses).toSorted())
  })

  it('leaves out of all what has nothing to do in this cluster, and says so', async () => {
    const { spec, notes } = await build('raft', {
      nemesis: 'all',
      nodes: '3',
      nemesisOpts: 'partition.shapes=ring',
    })
    expect(spec.nemeses.map(({ name }) => name)).not.toContain('partition')
    expect(notes).toContain('partition is left out: shapes=ring cut no link among 3 nodes.')
  })

  it('leaves out of all what the claims do not tolerate, and says so', async () => {
    const modesOf = ({ spec }: BuiltSpec) => spec.nemeses.find(({ name }) => name === 'disk')?.options.modes
    const given = { nemesis: 'all', targetOpts: 'appendfsync=no' }
    const all = await build('redis', given)
    expect(modesOf(all)).toBe('latency+stall')
    expect(all.notes).toContain(
      'disk is used without errors, full, short, torn, power-loss, which are left out: redis does not claim to tolerate disk-errors, power-loss.',
    )
    expect(all.notes.join()).not.toContain('promises broken by these faults')
    const asked = await build('redis', { ...given, nemesisOpts: 'disk.modes=errors' })
    expect(modesOf(asked)).toBe('errors')
    expect(asked.notes.join()).toContain('redis does not claim to tolerate disk-errors: promises broken')
  })

  it('leaves out of all what a minority may suffer, where a minority is no node', async () => {
    const notes = async (nodes: string) => (await build('raft', { nemesis: 'all', nodes })).notes.join()
    expect(await notes('1')).toContain('raft does not claim to tolerate misconfiguration')
    expect(await notes('2')).toContain('raft does not claim to tolerate misconfiguration')
    expect(await notes('3')).not.toContain('misconfiguration')
    // It has no other version: without wrong settings, nothing is left of the nemesis.
    const { spec, notes: ofEtcd } = await build('etcd', { nemesis: 'all', nodes: '1', env: 'namespaces' })
    expect(spec.nemeses.map(({ name }) => name)).not.toContain('upgrade')
    expect(ofEtcd).toContain('upgrade is left out: etcd does not claim to tolerate misconfiguration.')
  })

  it.each<[GivenToRun, 'phases' | 'steady']>([
    [{ nemesis: 'partition,kill' }, 'phases'],
    [{ nemesis: 'all' }, 'phases'],
    [{ nemesis: 'all', plan: 'steady' }, 'steady'],
    [{ nemesis: 'partition,kill', nemesisOpts: 'kill.victims=one' }, 'phases'],
    [{ nemesis: 'partition,kill', nemesisOpts: 'kill.interval=2s' }, 'steady'],
    [{ nemesis: 'kill' }, 'steady'],
    [{ nemesis: 'kill', plan: 'phases' }, 'phases'],
    [{}, 'steady'],
  ])('with %o, the faults come in this plan: %s', async (given, plan) => {
    expect((await build('raft', given)).spec.plan).toBe(plan)
  })

  it('takes the faults of a recorded plan unchanged', async () => {
    const { spec } = await build('raft', { faults: PLAN })
    expect(spec.nemeses.map(({ name }) => name)).toEqual(['kill'])
    const nodes = ['n1', 'n2', 'n3', 'n4', 'n5']
    const claims = { source: '', consistency: {}, minority: 'refuse', tolerates: {} } as const
    expect(planFaults({ spec, nemeses, target: raft }, nodes, claims, 0)).toMatchObject([
      [{ ...RECORDED, kind: 'kill/at-once' }],
    ])
  })

  it.each<[string, GivenToRun, string]>([
    ['rafft', {}, 'There is no target named rafft. Did you mean raft?'],
    ['./nowhere.ts', {}, 'There is no target module at'],
    ['raft', { workload: 'registre' }, 'There is no workload named registre'],
    ['raft', { workload: './nowhere.ts' }, 'There is no workload module at'],
    [
      'raft',
      { workload: import.meta.filename.replace('spec.test.ts', 'spec.ts') },
      'does not export a Workload',
    ],
    ['raft', { nemesis: 'clok' }, 'There is no nemesis named clok. Did you mean clock?'],
    ['raft', { nemesis: 'kill,kill' }, 'names kill twice'],
    ['raft', { nemesis: 'all,kill' }, 'all already includes every nemesis'],
    ['raft', { faults: '/nowhere' }, 'There are no recorded faults at /nowhere'],
    ['raft', { faults: PLAN, nemesis: 'kill' }, 'already determines the nemeses'],
    [
      'raft',
      { incident: 'one-way-swich' },
      'There is no incident named one-way-swich. Did you mean one-way-switch?',
    ],
    ['raft', { incident: './nowhere.ts' }, 'There is no incident module at'],
    [
      'raft',
      { incident: 'power-cut', nemesis: 'kill' },
      'determines the faults and their times: omit --nemesis',
    ],
    ['raft', { incident: 'power-cut', faults: PLAN }, 'determines the faults and their times: omit --faults'],
    ['raft', { incident: 'power-cut', plan: 'steady' }, 'determines the faults and their times: omit --plan'],
    [
      'raft',
      { incident: 'region-cut', nodes: '2' },
      'The incident region-cut needs 3 nodes or more, and the cluster has 2: see --nodes',
    ],
    [
      'raft',
      { incident: 'region-cut', timeLimit: '3s' },
      'The incident region-cut does not fit into 3.0 s: raise --time-limit',
    ],
    ['redis', { incident: 'mixed-versions' }, 'The incident mixed-versions needs 2 nodes or more'],
    [
      'etcd',
      { incident: 'mixed-versions' },
      'The incident mixed-versions cannot be made here: etcd names no other version',
    ],
    ['raft', { faults: PLAN, nodes: '3' }, 'kill-1 names n5, and the cluster has n1, n2, n3'],
    ['raft', { faults: PLAN, timeLimit: '2s' }, 'kill-1 ends after 3.0 s, beyond --time-limit'],
    [
      'raft',
      { faults: BROKEN_PLAN },
      'planned fault kill-1 is not one that kill can inject: intent.signal: ',
    ],
    ['raft', { bug: 'stale-reed' }, 'Did you mean stale-read?'],
    ['etcd', { bug: 'stale-read' }, 'There is no planted bug of etcd named stale-read'],
    ['raft', { env: 'cloud' }, 'There is no environment named cloud'],
    ['raft', { nodes: '0' }, '--nodes 0: a whole number from 1 to 50'],
    ['raft', { concurrency: 'many' }, '--concurrency many'],
    ['raft', { timeLimit: 'long' }, '--time-limit long: a duration'],
    ['raft', { seed: '-1' }, '--seed -1'],
    ['raft', { expect: 'serializable' }, 'There is no promise for register named serializable'],
    ['raft', { targetOpts: 'tik=1s' }, 'There is no option of target raft named tik. Did you mean tick?'],
    ['raft', { nemesis: 'kill', nemesisOpts: 'kill.victims=everybody' }, 'victims=everybody'],
    ['raft', { nemesis: 'partition', nodes: '2', nemesisOpts: 'shapes=bridge' }, 'cut no link among 2 nodes'],
  ])('refuses %s with %o', async (target, change, message) => {
    await expect(build(target, change)).rejects.toThrow(message)
  })
})
