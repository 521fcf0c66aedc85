/** Stored runs and claims files, as an audit reads them. */
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { raft } from '../../../targets/raft/target.ts'
import { faultline, temporaryFolder } from '../../testing/command.ts'
import { staleRead } from '../../testing/incidents.ts'
import { storeRun } from '../../testing/stored-runs.ts'
import { REGISTER } from '../../vocabularies/register.ts'
import { answersOf } from '../run/claims-file.ts'
import { defaultsOf } from '../run/options.ts'
import { auditedRun, runsAt } from './read-runs.ts'

const storedIncident = async (results: string) => {
  const incident = await staleRead()
  return { dir: storeRun(results, incident, { name: 'a/20260102T000000-1' }), ...incident }
}

describe('a claims file', () => {
  const beside = async (name: string, content: string) => {
    using folder = temporaryFolder()
    fs.writeFileSync(path.join(folder.path, name), content)
    return await answersOf(path.join(folder.path, 'mine.ts'))
  }

  it.each([
    ['mine.claims.yaml', 'governance:\n  owner: the team of payments\n'],
    ['mine.claims.ts', "export default { governance: { owner: 'the team of payments' } }\n"],
  ])('is found beside its target as %s', async (name, content) => {
    expect((await beside(name, content)).governance).toEqual({ owner: 'the team of payments' })
  })

  it('is not needed', async () => {
    expect((await beside('other.claims.yaml', 'x: 1')).governance).toEqual({})
  })

  it('that is wrong is named, with what is wrong', async () => {
    await expect(beside('mine.claims.yaml', 'governance: [')).rejects.toThrow(/mine\.claims\.yaml is no YAML/)
    await expect(beside('mine.claims.yaml', 'boss: I')).rejects.toThrow(/mine\.claims\.yaml: .*boss/)
  })

  it.each(['raft', 'paxos', 'pbft', 'primary-backup'])('of %s answers every question', async (target) => {
    const { protocol, governance, communication } = await answersOf(target)
    expect([protocol, governance, communication].map((part) => Object.keys(part).length)).toEqual([10, 4, 2])
  })
})

describe('stored runs', () => {
  it('are found by the folder of a run, and by that of the results', async () => {
    using folder = temporaryFolder()
    const { dir } = await storedIncident(folder.path)
    expect(runsAt(dir)).toEqual([dir])
    expect(runsAt(folder.path)).toEqual([dir])
  })

  it('are asked for where there are none', () => {
    using folder = temporaryFolder()
    expect(() => runsAt(folder.path)).toThrow(/holds no run/)
    expect(() => runsAt(path.join(folder.path, 'x'))).toThrow(/There is no folder/)
  })

  it('are read with their faults, what was acknowledged, and what was judged', async () => {
    using folder = temporaryFolder()
    const { dir, record, verdict } = await storedIncident(folder.path)
    const { target = '' } = record.spec ?? {}
    const run = await auditedRun(dir, target)
    expect(run).toMatchObject({
      status: verdict.status,
      operations: verdict.counts.ok,
      vocabulary: record.vocabulary?.name,
      isExpected: false,
    })
    const effective = (record.faults ?? []).filter((fault) => fault.effective)
    const counted = [...(run?.faults.values() ?? [])].reduce((sum, { faults }) => sum + faults, 0)
    expect(counted).toBe(effective.length)
    expect(run?.own.length).toBeGreaterThan(0)
  })

  it('are made a card, as JSON and as a page, and a broken claim is the exit code', async () => {
    using folder = temporaryFolder()
    const { record, verdict } = await staleRead()
    const claims = raft.claims(defaultsOf(raft.options), REGISTER)
    const dir = storeRun(
      folder.path,
      { record: { ...record, claims }, verdict },
      { name: 'a/20260102T000000-1' },
    )
    const { exitCode, stdout } = await faultline([
      'audit',
      'raft',
      '--runs',
      dir,
      '--out',
      folder.path,
      '--format',
      'json',
    ])
    expect(exitCode).toBe(1)
    const card = JSON.parse(stdout)
    expect(card).toMatchObject({ target: 'raft', runs: [dir], weakestThatBroke: { run: dir } })
    expect(card.claims[0]).toMatchObject({ claim: 'register: linearizable', status: 'broken', runs: [dir] })
    const [stored] = fs.globSync(path.join(folder.path, 'suites/card-raft/*'))
    expect(JSON.parse(fs.readFileSync(path.join(stored ?? '', 'card.json'), 'utf8'))).toMatchObject({
      schema: 'faultline.card/1',
      ...card,
    })
    const page = fs.readFileSync(path.join(stored ?? '', 'card.html'), 'utf8')
    expect(page).toContain('a/20260102T000000-1/report.html')
  })

  it('whose target claimed something else say nothing', async () => {
    using folder = temporaryFolder()
    const { dir } = await storedIncident(folder.path)
    const { exitCode, stderr } = await faultline(['audit', 'raft', '--runs', dir, '--out', folder.path])
    expect(exitCode).not.toBe(0)
    expect(stderr).toMatch(/One run is left out.*\n.*None of these runs is of the target with these options/s)
  })

  it('of another target say nothing', async () => {
    using folder = temporaryFolder()
    const { dir } = await storedIncident(folder.path)
    expect(await auditedRun(dir, 'another')).toBeNull()
  })
})
