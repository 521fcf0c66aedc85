import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { ShrinkCase } from '../../campaign/shrink-case.ts'
import { readPlannedFaults } from '../../store/run-store.ts'
import { temporaryFolder } from '../../testing/command.ts'
import { keyOf, ShrinkFolder, type Trial } from './shrink-files.ts'

const CASE: ShrinkCase = {
  faults: [
    {
      id: 'kill-1',
      nemesis: 'kill',
      model: 'kill',
      atNs: 2e9,
      durationNs: 1e9,
      intent: { victims: 'leader' },
    },
  ],
  timeLimitMs: 5000,
  concurrency: 10,
  rate: 200,
  nodes: 5,
  keys: null,
}

const trial = (key: string, runDir: string | null = null): Trial => ({
  key,
  purpose: 'decide',
  repetition: {
    outcome: 'violation',
    why: 'It failed.',
    findings: [],
    results: { a: 'shown' },
    runDir,
    durationMs: 9,
  },
})

const madeAt = (...names: readonly string[]): string => {
  const dir = path.join(...names)
  fs.mkdirSync(dir, { recursive: true })
  return dir
}

describe('the folder of a shrinking', () => {
  it('goes on with the runs that ended, without a line that was torn', () => {
    using run = temporaryFolder()
    const before = new ShrinkFolder(run.path)
    before.append(trial('x'))
    const file = path.join(before.path, 'trials.jsonl')
    fs.appendFileSync(file, '{"key":"y","pur')
    const after = new ShrinkFolder(run.path)
    after.append(trial('z'))
    expect(new ShrinkFolder(run.path).trials).toEqual([trial('x'), trial('z')])
  })

  it('takes the repetitions of a run, once, and not where it has decided already', () => {
    using run = temporaryFolder()
    const folder = new ShrinkFolder(run.path)
    folder.append(trial('decided'))
    folder.adopt('decided', [trial('x').repetition])
    folder.adopt('whole', [trial('x').repetition])
    folder.adopt('whole', [trial('x').repetition])
    expect(new ShrinkFolder(run.path).trials.map(({ key }) => key)).toEqual(['decided', 'whole'])
  })

  it('has a plan that can be run, and none without faults', () => {
    using run = temporaryFolder()
    const folder = new ShrinkFolder(run.path)
    expect(readPlannedFaults(folder.writePlan(CASE, keyOf(CASE)))).toEqual(CASE.faults)
    const smallest = folder.writeSmallest(CASE)
    expect(readPlannedFaults(smallest)).toEqual(CASE.faults)
    folder.writeSmallest({ ...CASE, faults: [] })
    expect(fs.existsSync(smallest)).toBe(false)
  })

  it('keeps the runs of one case, and removes nothing that is not its own', () => {
    using run = temporaryFolder()
    using other = temporaryFolder()
    const folder = new ShrinkFolder(run.path)
    const [kept, gone, foreign] = [
      madeAt(folder.runs, 'kept'),
      madeAt(folder.runs, 'gone'),
      madeAt(other.path, 'run'),
    ]
    for (const each of [trial('x', kept), trial('y', gone), trial('y', foreign), trial('y', folder.runs)])
      folder.append(each)
    folder.keepRunsOf('x')
    expect([kept, gone, foreign].map((dir) => fs.existsSync(dir))).toEqual([true, false, true])
  })

  it('says where it cannot write', () => {
    using run = temporaryFolder()
    fs.writeFileSync(path.join(run.path, 'shrink'), '')
    expect(() => new ShrinkFolder(run.path)).toThrow('copy the run to a place where it can')
  })
})
