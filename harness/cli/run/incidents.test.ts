/** Incidents of users: modules beside their target. */
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { PROJECT_ROOT } from '../../testing/capabilities.ts'
import { temporaryFolder } from '../../testing/command.ts'
import { parseSettings } from '../setting.ts'
import { RUN_SETTINGS } from './settings.ts'
import { type BuiltSpec, buildRunSpec } from './spec.ts'

const FAULT = {
  nemesis: 'pause',
  atNs: 2e9,
  durationNs: 1e9,
  intent: { victims: 'leader', order: ['n1', 'n2'], method: 'sigstop' },
}

const TEXTS = `name: 'mine', description: 'd', effect: 'e', endangers: 'f', leastNodes: 2`

/** The spec of a run of the incident whose module has that text. */
const built = async (text: string, target = 'raft'): Promise<BuiltSpec> => {
  using folder = temporaryFolder()
  const file = path.join(folder.path, 'mine.mts')
  fs.writeFileSync(file, text)
  return await buildRunSpec(
    target,
    parseSettings(RUN_SETTINGS, { env: 'namespaces', timeLimit: '9s', seed: '1', incident: file }),
  )
}

const planning = (plan: unknown): string =>
  `export default { ${TEXTS}, plan: () => (${JSON.stringify(plan)}) }`

describe("a user's incident", () => {
  it('is the nemeses that its faults need', async () => {
    const { spec } = await built(planning([{ ...FAULT, atNs: 5e9 }, FAULT]))
    expect(spec.nemeses.map(({ name }) => name)).toEqual(['pause'])
    expect(spec.incident).toMatch(/\/mine\.mts$/)
    expect(spec.faults).toBeUndefined()
  })

  it('can be the one that the documentation shows', async () => {
    const readme = fs.readFileSync(path.join(PROJECT_ROOT, 'incidents/README.md'), 'utf8')
    const [, example = ''] = /```ts\n(.*?)```/s.exec(readme) ?? []
    const define = path.join(PROJECT_ROOT, 'harness/support/define.ts')
    const { spec, notes } = await built(example.replace('faultline/define', define))
    expect(spec.nemeses.map(({ name }) => name)).toEqual(['packet', 'pause'])
    expect(notes).toEqual([])
  })

  it('is warned of where its faults go beyond the claims', async () => {
    const intent = { ...FAULT.intent, signal: 'SIGKILL', pattern: 'at-once', uptimeMs: 0, data: 'wiped' }
    const { method: _, ...wipe } = intent
    const { notes } = await built(planning([{ ...FAULT, nemesis: 'kill', intent: wipe }]))
    expect(notes.join()).toContain('raft does not claim to tolerate data-loss')
  })

  it.each<[string, unknown, string]>([
    [
      'of an unknown nemesis',
      [{ ...FAULT, nemesis: 'pauze' }],
      'There is no nemesis named pauze. Did you mean pause?',
    ],
    [
      'with an intent of another nemesis',
      [{ ...FAULT, intent: { ...FAULT.intent, method: 'magic' } }],
      'The planned fault pause-1 is not one that pause can inject: intent.method',
    ],
    [
      'without a time',
      [FAULT, { ...FAULT, atNs: null }],
      'Fault 2 of the plan of the incident mine is not one: atNs: Invalid input: expected number',
    ],
    [
      'that wait for something unknown',
      [{ ...FAULT, trigger: { moment: 'midnight', times: 1, withinNs: 1 } }],
      'Fault 1 of the plan of the incident mine is not one: trigger: moment: Invalid option',
    ],
    ['that are no list', {}, 'The plan of the incident mine is not one: Invalid input: expected array'],
    ['none', [], 'The incident mine does not fit into 9.0 s: raise --time-limit'],
    [
      'that end too late',
      [{ ...FAULT, atNs: 9e9 }],
      'The incident mine: pause-1 ends after 10.0 s, beyond --time-limit',
    ],
    [
      'at nodes that are not there',
      [{ ...FAULT, intent: { ...FAULT.intent, order: ['n9'] } }],
      'The incident mine: pause-1 names n9, and the cluster has n1, n2, n3, n4, n5: see --nodes',
    ],
    [
      'that the target has no part for',
      [
        {
          nemesis: 'dependency',
          atNs: 2e9,
          durationNs: 1e9,
          intent: { mode: 'gone', which: 0, delayMs: 0, seed: 1 },
        },
      ],
      'The incident mine cannot be made here, because it needs the nemesis dependency: raft does not depend on a service beside it',
    ],
  ])('is refused with faults %s', (_, plan, message) =>
    expect(built(planning(plan))).rejects.toThrow(message),
  )

  it.each([
    [
      'another plan each time',
      '[{ ...FAULT, atNs: 1e9 * (1 + Math.random()) }]',
      'has another plan each time',
    ],
    [
      'no plan',
      'undefined',
      'The plan of the incident mine is not one: Invalid input: expected array, received null',
    ],
    ['a plan that is no data', '[{ ...FAULT, atNs: 1n }]', 'The incident mine cannot be planned: '],
    ['a plan that fails', 'nothing.length', 'The incident mine cannot be planned: nothing is not defined'],
  ])('is refused with %s', (_, plan, message) =>
    expect(
      built(`const FAULT = ${JSON.stringify(FAULT)}\nexport default { ${TEXTS}, plan: () => ${plan} }`),
    ).rejects.toThrow(message),
  )

  it.each([
    ['that does not say what it does', `export default { name: 'mine', plan: () => [] }`],
    ['that has no plan', `export default { ${TEXTS} }`],
  ])('is refused as a module %s', (_, text) =>
    expect(built(text)).rejects.toThrow('does not export an Incident as default: name, description, effect'),
  )
})
