/** The steps of a launch run when they are due, as their users, and how a program is stopped is its own choice. */
import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { describeWith, missingLinuxRoot, PROJECT_ROOT } from '../testing/capabilities.ts'
import { temporaryFolder } from '../testing/command.ts'
import { play } from '../testing/play.ts'

const TARGET = path.join(PROJECT_ROOT, 'harness/testing/steps-target.ts')
const KILL = { victims: 'one', order: ['n1'], signal: 'SIGKILL', pattern: 'at-once', uptimeMs: 700 }
const PLAN = [
  [1, KILL],
  [3, { ...KILL, signal: 'SIGTERM' }],
  [5.5, { ...KILL, data: 'wiped' }],
] as const

const lineOf = ([at, intent]: (typeof PLAN)[number], i: number): string => {
  const fault = { id: `kill-${i}`, nemesis: 'kill', model: 'kill', atNs: at * 1e9, durationNs: 1e9, intent }
  return JSON.stringify({ type: 'planned', fault })
}

describeWith(missingLinuxRoot(), 'steps', () => {
  it.each(['namespaces', 'docker'])('in %s', async (environment) => {
    using folder = temporaryFolder()
    const file = path.join(folder.path, 'faults.jsonl')
    fs.writeFileSync(file, ['{"schema":"faultline.faults/1"}', ...PLAN.map(lineOf), ''].join('\n'))
    const { record, faults } = await play(
      [TARGET, '--env', environment, '--faults', file],
      '--rate 100 --time-limit 8s --seed 1',
    )
    expect(faults.map(({ effective }) => effective)).toEqual([true, true, true])
    const said = (record.logs ?? []).map(({ text }) => text).join('\n')
    const times = (text: string): number => said.split(text).length - 1
    expect({
      initialised: times('initialised as nobody'),
      again: times('starts again'),
      joined: times('all are ready'),
      stopped: times('stopped by SIGINT'),
    }).toEqual({ initialised: 2, again: 2, joined: 1, stopped: 1 })
    expect(faults[1]?.effects.at(-1)?.measurements).toMatchObject({ deaf: 0 })
  })
})
