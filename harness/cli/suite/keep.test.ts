import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { CaseResult } from '../../campaign/result.ts'
import { FILES, writeFindings } from '../../store/run-store.ts'
import { faultline, temporaryFolder } from '../../testing/command.ts'
import { type Incident, staleRead, validRun } from '../../testing/incidents.ts'
import { storeRun } from '../../testing/stored-runs.ts'
import { Runs } from '../serve/runs.ts'
import { Keeper } from './keep.ts'

const whole = (results: string, incident: Incident, name: string): string => {
  const dir = storeRun(results, incident, { name })
  const { status, summary } = incident.verdict
  writeFindings(dir, { status, headline: summary, findings: [] }, null)
  fs.mkdirSync(path.join(dir, 'nodes/n1'), { recursive: true })
  fs.writeFileSync(path.join(dir, 'nodes/n1/stdout.log'), 'x'.repeat(50_000))
  fs.writeFileSync(path.join(dir, 'report.html'), 'report')
  return dir
}

const sizeOf = (folder: string): number =>
  fs
    .readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((sum, { parentPath, name }) => sum + fs.statSync(path.join(parentPath, name)).size, 0)

const isThin = (dir: string): boolean => fs.existsSync(path.join(dir, 'thinned.json'))

describe('--keep', () => {
  it('thins passed runs, the oldest first, until the results fit, and never a failing one', async () => {
    using folder = temporaryFolder()
    const [valid, invalid] = [await validRun(), await staleRead()]
    const old = whole(folder.path, valid, 'z/20260101T000000-1')
    const young = whole(folder.path, valid, 'a/20260103T000000-1')
    const failing = whole(folder.path, invalid, 'a/20260100T000000-1')
    fs.mkdirSync(path.join(folder.path, 'suites/s/t'), { recursive: true })
    fs.writeFileSync(path.join(folder.path, 'suites/s/t/suite.json'), 'x'.repeat(10_000))
    const before = sizeOf(folder.path)
    const at = (bound: number): Keeper => new Keeper(folder.path, bound, '--keep')
    expect(at(before).makeRoom(0)).toBe(true)
    expect([old, young, failing].map(isThin)).toEqual([false, false, false])
    expect(at(before - 1).makeRoom(0)).toBe(true)
    expect([old, young, failing].map(isThin)).toEqual([true, false, false])
    expect(sizeOf(folder.path)).toBeLessThan(before)
    expect(at(1).makeRoom(0)).toBe(false)
    expect([old, young, failing].map(isThin)).toEqual([true, true, false])
    expect(fs.readdirSync(young).sort()).toEqual([
      ...['faults.jsonl', 'findings.json', 'report.html', 'run.json', 'thinned.json', 'verdict.json'],
    ])
    expect(fs.readdirSync(failing)).toContain('history.jsonl')
  })

  it('takes first what can be made again, of a failing run too', async () => {
    using folder = temporaryFolder()
    const passed = whole(folder.path, await validRun(), 'a/20260102T000000-1')
    const failing = whole(folder.path, await staleRead(), 'a/20260101T000000-1')
    const before = sizeOf(folder.path)
    for (const dir of [passed, failing]) fs.writeFileSync(path.join(dir, FILES.columns), 'x'.repeat(1000))
    const isThere = (dir: string): boolean => fs.existsSync(path.join(dir, FILES.columns))
    expect(new Keeper(folder.path, before + 1000, '--keep').makeRoom(0)).toBe(true)
    expect([failing, passed].map(isThere)).toEqual([false, true])
    const keeper = new Keeper(folder.path, before, '--keep')
    expect(keeper.makeRoom(0)).toBe(true)
    expect(sizeOf(folder.path)).toBe(before)
    expect([failing, passed].map(isThin)).toEqual([false, false])
    expect(keeper.makeRoom(0)).toBe(true)
  })

  it('never thins what a link leads to', async () => {
    using folder = temporaryFolder()
    using elsewhere = temporaryFolder()
    const theirs = whole(elsewhere.path, await validRun(), 'a/20260101T000000-1')
    fs.mkdirSync(path.join(folder.path, 'a'))
    fs.symlinkSync(theirs, path.join(folder.path, 'a/20260101T000000-1'))
    fs.symlinkSync(path.join(elsewhere.path, 'a'), path.join(folder.path, 'b'))
    new Keeper(folder.path, 1, '--keep').makeRoom(0)
    expect(isThin(theirs)).toBe(false)
  })

  it('keeps room for the runs that are to begin, and goes by what the suite calls them', async () => {
    using folder = temporaryFolder()
    const valid = await validRun()
    const [a, b] = ['a/20260101T000000-1', 'a/20260102T000000-1'].map((name) =>
      whole(folder.path, valid, name),
    )
    const one = sizeOf(a as string)
    const keeper = new Keeper(folder.path, 3 * one, '--keep')
    // The suite expected another result of it, so that it stays whole although its verdict is valid.
    keeper.ended({ outcome: 'missing', runDir: a } as CaseResult)
    expect(keeper.makeRoom(1)).toBe(true)
    expect([a, b].map((dir) => isThin(dir as string))).toEqual([false, false])
    expect(keeper.makeRoom(2)).toBe(false)
    expect([a, b].map((dir) => isThin(dir as string))).toEqual([false, true])
  })

  it('leaves alone what is not judged, or whose report is not there yet', async () => {
    using folder = temporaryFolder()
    const dir = whole(folder.path, await validRun(), 'a/20260101T000000-1')
    fs.rmSync(path.join(dir, 'report.html'))
    new Keeper(folder.path, 1, '--keep').makeRoom(0)
    expect(isThin(dir)).toBe(false)
  })

  it('is said wherever a thinned run is read', async () => {
    using folder = temporaryFolder()
    const dir = whole(folder.path, await validRun(), 'a/20260101T000000-1')
    const verdict = fs.readFileSync(path.join(dir, 'verdict.json'), 'utf8')
    new Keeper(folder.path, 1, '--keep 1B').makeRoom(0)
    for (const command of ['show', 'check', 'report', 'export']) {
      const { stderr, exitCode } = await faultline([command, dir])
      expect(stderr, command).toMatch(
        /^faultline: .*This run was thinned on \S+ \(--keep 1B\), so its history/,
      )
      expect(stderr.trim().split('\n')).toHaveLength(1)
      expect(exitCode).toBe(255)
    }
    expect(fs.readFileSync(path.join(dir, 'verdict.json'), 'utf8')).toBe(verdict)
    expect(fs.readFileSync(path.join(dir, 'report.html'), 'utf8')).toContain('This run was thinned')
    const [row] = new Runs(folder.path, () => Date.now()).list()
    expect(row).toMatchObject({ state: 'valid', summary: expect.stringMatching(/^Thinned: /) })
  })
})
