/** From a failure to a case: a run of the bundled Raft with a planted bug that fails always, repeated and made smaller. */
import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { readLines } from '../../store/json-lines.ts'
import { waitUntil } from '../../support/wait.ts'
import { describeWith, missingLinuxRoot, PROJECT_ROOT, sized } from '../../testing/capabilities.ts'
import { faultline, run, start, temporaryFolder } from '../../testing/command.ts'
import { FOLDER_VARIABLE, processesOf } from '../../testing/leftovers.ts'

const BUG = 'key-per-attempt'
/** No effect has the key of its request: it fails always, and without any fault, however slow the machine is. */
const OPTIONS = [
  ...['--env', 'namespaces', '--nodes', '3', '--seed', '3', '--time-limit', '4s'],
  ...['-w', 'effects', '--target-opts', 'sink=deduplicating'],
  ...['-n', 'pause', '--nemesis-opts', 'interval=1500ms,duration=500ms'],
]

/** The bundled Raft as somebody builds it: revisions from 3 on have the bug. */
const BUILT = `import fs from 'node:fs'
import { raft } from '${PROJECT_ROOT}/targets/raft/target.ts'
const revision = new URL('./revision', import.meta.url)
const bugNow = () => (Number(fs.readFileSync(revision, 'utf8')) >= 3 ? '${BUG}' : null)
export default { ...raft, launch: (node, plan) => raft.launch(node, { ...plan, bug: bugNow() }) }
`

const jsonIn = (...names: readonly string[]) => JSON.parse(fs.readFileSync(path.join(...names), 'utf8'))

describeWith(missingLinuxRoot(), 'a run that failed', () => {
  it('is repeated, made smaller in spite of kill -9, and bisected', async () => {
    using folder = temporaryFolder()
    const { verdict } = await run(folder.path, ['raft', '--bug', BUG, ...OPTIONS])
    expect(verdict.status).toBe('invalid')
    const { runDir } = verdict
    const planned = fs.readFileSync(path.join(runDir, 'faults.jsonl'), 'utf8').match(/"planned"/g)?.length

    const repro = await faultline(['repro', runDir, '-k', '2', '--jobs', '2'])
    expect(repro.exitCode, repro.stderr).toBe(0)
    expect(repro.stdout).toContain('showed in 2 of 2 (100 %, 95 % interval 34 % to 100 %)')
    const { findings, repetitions } = jsonIn(runDir, 'repro.json')
    expect(findings[0]).toMatchObject({ rate: { shown: 2, runs: 2 }, nothingProved: 0 })
    expect(findings[0].medianFirstEvidenceNs).toBeGreaterThan(0)
    expect(repetitions).toHaveLength(2)

    const shrink = [
      'shrink',
      runDir,
      '--budget',
      `${sized(2, 4)}m`,
      '--confirm',
      '2',
      '--at-least',
      '99',
      '--jobs',
      '2',
    ]
    const trials = path.join(runDir, 'shrink', 'trials.jsonl')
    const killed = start(shrink, { [FOLDER_VARIABLE]: folder.path })
    expect(await waitUntil(() => readLines('trials', trials).length >= 3, 300_000, 50)).toBe(true)
    killed.kill('SIGKILL')
    await killed
    const known = readLines('trials', trials)
    const left = () => processesOf({ folder: folder.path }).map(({ commandLine }) => commandLine)
    await waitUntil(() => left().length === 0, 60_000, 200)
    expect(left(), 'the runs under way end when their parent is killed').toEqual([])

    const shrunk = await faultline(shrink)
    expect(shrunk.exitCode, shrunk.stderr).toBe(0)
    expect(shrunk.stderr).toContain(`${known.length} runs are known`)
    expect(readLines('trials', trials).slice(0, known.length)).toEqual(known)
    const result = jsonIn(runDir, 'shrink', 'shrink.json')
    expect(result.from.faults).toHaveLength(planned ?? 0)
    expect(result.to.faults.length).toBeLessThan(result.from.faults.length)
    expect(result.to.timeLimitMs).toBeLessThanOrEqual(result.from.timeLimitMs)
    expect(shrunk.stdout).toContain(`again  ${result.command}`)
    const again = await run(folder.path, [...result.command.split(' ').slice(2)])
    const found: readonly { fingerprint: string }[] = jsonIn(again.verdict.runDir, 'findings.json').findings
    expect(found.map(({ fingerprint }) => fingerprint)).toContain(result.finding.fingerprint)

    const bisected = await faultline([
      'bisect',
      runDir,
      '--versions',
      '1,2',
      '--at-least',
      '99',
      '--jobs',
      '2',
    ])
    expect(bisected.exitCode).toBe(255)
    expect(bisected.stdout).toContain('1 is bad already')
  })

  it('is bisected over revisions that are built', async () => {
    using folder = temporaryFolder()
    const [target, revision] = ['target.ts', 'revision'].map((name) => path.join(folder.path, name))
    fs.writeFileSync(target as string, BUILT)
    fs.writeFileSync(revision as string, '4')
    const { verdict } = await run(folder.path, [target as string, ...OPTIONS])
    expect(verdict.status).toBe('invalid')
    const bisect = ['bisect', verdict.runDir, '--at-least', '99', '--build', `echo {} > ${revision}`]
    const { exitCode, stdout, stderr } = await faultline([...bisect, '--revisions', '1,2,3,4'])
    expect(exitCode, stderr).toBe(0)
    expect(stdout).toContain('The first bad one is 3; the last good one is 2.')
    expect(stdout).toContain('Assumed: all good ones come before all bad ones')
    expect(jsonIn(verdict.runDir, 'bisect.json').result).toEqual({ type: 'found', lastGood: 1, firstBad: 2 })
    fs.writeFileSync(revision as string, '1')
    const repro = await faultline(['repro', verdict.runDir, '-k', '1'])
    expect(repro.exitCode, repro.stderr).toBe(6)
    expect(repro.stdout).toContain('showed in 0 of ')
    const broken = await faultline(['bisect', verdict.runDir, '--build', 'false {}', '--revisions', '1,2'])
    expect(broken.exitCode).toBe(253)
    expect(broken.stderr).toContain('2 could not be built')
  })

  it('is refused where there is nothing to reproduce', async () => {
    using folder = temporaryFolder()
    const { exitCode, stderr } = await faultline(['repro', folder.path])
    expect(exitCode).toBe(255)
    expect(stderr).toContain('is not a run')
  })
})
