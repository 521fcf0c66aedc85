import { describe, expect, it } from 'vitest'
import type { RunSpec } from '../../api/record.ts'
import { parseSettings } from '../setting.ts'
import { typed } from '../shell.ts'
import { commandToCheck, runAgain } from './again.ts'
import { CHECK_SETTINGS, RUN_SETTINGS } from './settings.ts'
import { buildRunSpec } from './spec.ts'

const built = async (target: string, given: Readonly<Record<string, string>>): Promise<RunSpec> =>
  (await buildRunSpec(target, parseSettings(RUN_SETTINGS, { env: 'namespaces', ...given }))).spec

/** What the command says, as the settings of a run: the way back. */
const settingsIn = (command: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...command.matchAll(/--([\w-]+) (\S+)/g)].map(([, flag = '', value = '']) => [
      flag.replace(/-(\w)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  )

describe('the command that runs a spec again', () => {
  it('gives the same spec', async () => {
    const given = {
      bug: 'stale-read',
      nemesis: 'partition,kill',
      nemesisOpts: 'partition.interval=2s,kill.victims=all',
      workloadOpts: 'reads=0.5',
      targetOpts: 'election-timeout=500ms',
      timeLimit: '20s',
      nodes: '3',
      rate: '50',
      seed: '9',
    }
    const spec = await built('raft', given)
    const { again = '' } = await runAgain(spec, 'results/x')
    const { runId: _, ...same } = await built('raft', settingsIn(again))
    expect(spec).toMatchObject(same)
    expect(again).toContain('--nemesis-opts partition.interval=2000ms,kill.victims=all')
  })

  it('names the incident, and the options of its nemeses', async () => {
    const given = {
      incident: 'region-cut',
      nemesisOpts: 'partition.traffic=tcp',
      timeLimit: '20s',
      seed: '9',
    }
    const spec = await built('raft', given)
    expect(spec).toMatchObject({ incident: 'region-cut', nemeses: [{ name: 'partition' }], plan: 'steady' })
    const { again = '' } = await runAgain(spec, 'results/x')
    expect(again).toBe(
      'faultline run raft --env namespaces --workload register --incident region-cut --nemesis-opts partition.traffic=tcp --time-limit 20000ms --seed 9',
    )
    const { runId: _, ...same } = await built('raft', settingsIn(again))
    expect(spec).toMatchObject(same)
  })

  it('does not name what is at its default', async () => {
    const spec = await built('raft', { seed: '9' })
    expect(await runAgain(spec, 'results/x')).toEqual({
      again: 'faultline run raft --env namespaces --workload register --seed 9',
    })
  })

  it('captures messages again', async () => {
    const spec = await built('raft', { seed: '9' })
    const { again = '' } = await runAgain({ ...spec, capture: true }, 'results/x')
    expect(again).toMatch(/ --capture --seed 9$/)
  })

  it('is not known where the module of its target is gone', async () => {
    const spec = await built('raft', { seed: '9' })
    expect(await runAgain({ ...spec, target: '/nowhere/target.ts' }, 'results/x')).toEqual({})
  })
})

describe('the command that judges a history again', () => {
  it('names what is not at its default, quoted for a shell', () => {
    const settings = parseSettings(CHECK_SETTINGS, { workload: 'set', pages: 'pages' })
    expect(commandToCheck("it's.edn", settings)).toBe("faultline check 'it'\\''s.edn' --workload set")
  })
})

describe('a word in a shell', () => {
  it('is quoted if it has to be', () => {
    expect(typed('a.b=c,d')).toBe('a.b=c,d')
    for (const word of ['', 'a b', '$(x)', '~', 'a;b']) expect(typed(word)).toBe(`'${word}'`)
  })
})
