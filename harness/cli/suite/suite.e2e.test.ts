/** A campaign of real runs that is killed in the middle, goes on, and remembers. */
import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import type { SuiteResult } from '../../campaign/result.ts'
import { loadRun } from '../../store/run-store.ts'
import { waitUntil } from '../../support/wait.ts'
import { describeWith, isFull, missingLinuxRoot, sized } from '../../testing/capabilities.ts'
import { faultline, start, temporaryFolder } from '../../testing/command.ts'
import { hostBaseline } from '../../testing/host.ts'
import { leftovers } from '../../testing/leftovers.ts'
import { targetModule } from '../../testing/target-module.ts'

/** A cluster that does not start, one that breaks a promise, and one that keeps it. */
const CONFIG = (broken: string): string => `
suites:
  - name: nightly
    targets:
      - ${broken}
      - { target: raft, bug: stale-read, nemesis: partition }
      - { target: raft, nemesis: kill }
    settings: { env: namespaces, timeLimit: 8s, readyTimeout: 60s }
    reproduce: 2
    shrink: ${sized(1, 90)}s
`

const onlyFolder = (parent: string): string => path.join(parent, fs.readdirSync(parent).sort().at(-1) ?? '')

const read = (dir: string): SuiteResult =>
  JSON.parse(fs.readFileSync(path.join(dir, 'suite.json'), 'utf8')) as SuiteResult

describeWith(missingLinuxRoot(), 'a suite', () => {
  it('that is killed goes on where it was, sorts its runs, and repeats first what has failed', async () => {
    using folder = temporaryFolder()
    const before = hostBaseline()
    const broken = targetModule(folder.path, 'broken', ['sh', '-c', 'exit 1'], false)
    const config = path.join(folder.path, 'suites.yaml')
    fs.writeFileSync(config, CONFIG(broken))
    const out = path.join(folder.path, 'results')
    const suites = path.join(out, 'suites', 'nightly')

    const first = start(['suite', config, '--jobs', '1', '--out', out])
    const progress = (): string => path.join(onlyFolder(suites), 'progress.jsonl')
    const isUnderWay = async (): Promise<boolean> =>
      fs.existsSync(suites) &&
      fs.existsSync(progress()) &&
      fs.readFileSync(progress(), 'utf8').includes('broken') &&
      fs.existsSync(path.join(out, 'raft-stale-read-register-partition'))
    expect(await waitUntil(isUnderWay, 120_000, 50, AbortSignal.timeout(130_000))).toBe(true)
    first.kill('SIGKILL')
    await first
    expect(await leftovers(before, out)).toEqual([])

    const dir = onlyFolder(suites)
    const resumed = await faultline(['suite', '--resume', dir, '--jobs', '2', '--out', out])
    expect(resumed.stderr).toContain('2 runs, 1 are done')
    expect(resumed.exitCode, resumed.stderr).toBe(1)
    const suite = read(dir)
    expect(suite.counts).toMatchObject({ violation: 1, 'target set-up': 1, passed: 1 })
    expect(suite.notRun.cases).toEqual([])
    expect(suite.findings.every(({ knownSince }) => knownSince === null)).toBe(true)
    const [followUp] = suite.followUps ?? []
    expect(suite.followUps).toHaveLength(1)
    expect(followUp).toMatchObject({
      name: expect.stringContaining('stale-read'),
      again: { rate: { runs: 2 } },
    })
    expect(followUp?.problems).toEqual([])
    if (isFull) expect(followUp?.smallest?.to.faults.length).toBeLessThan(2)
    // In a second, only what the repetitions decided is known: the run as it was fails again.
    else expect(followUp?.smallest?.isFinished).toBe(false)
    expect(fs.readFileSync(path.join(dir, 'summary.md'), 'utf8')).toContain('1 of 3 cases failed.')
    expect(fs.readFileSync(path.join(dir, 'junit.xml'), 'utf8')).toContain(
      'tests="3" failures="1" errors="1"',
    )
    expect(resumed.stdout).toContain('## nightly: 3 runs: 1 violation, 1 target set-up, 1 passed')
    expect(fs.readFileSync(path.join(dir, 'index.html'), 'utf8')).toContain('report.html')

    const again = await faultline(['suite', config, '--grep', 'again', '--out', out])
    const repeated = read(onlyFolder(suites))
    expect(repeated.results, again.stderr).toHaveLength(1)
    expect(repeated.results[0]?.command).toContain('--faults')
    for (const { knownSince } of repeated.findings) expect(knownSince).not.toBeNull()
    expect(await leftovers(before, out)).toEqual([])
  })

  it('that is interrupted ends its run in order, and says how to go on', async () => {
    using folder = temporaryFolder()
    const before = hostBaseline()
    const config = path.join(folder.path, 'suites.yaml')
    const settings = '{ env: namespaces, timeLimit: 60s }'
    fs.writeFileSync(config, `suites: [{ name: s, targets: [raft], settings: ${settings} }]`)
    const suite = start(['suite', config, '--out', folder.path])
    const group = path.join(folder.path, 'raft-register-none')
    const isAsked = async (): Promise<boolean> => {
      const file = fs.existsSync(group) ? path.join(onlyFolder(group), 'history.jsonl') : ''
      return fs.existsSync(file) && fs.statSync(file).size > 10_000
    }
    expect(await waitUntil(isAsked, 60_000, 50)).toBe(true)
    suite.kill('SIGTERM')
    const { exitCode, stderr } = await suite
    expect(exitCode, stderr).toBe(130)
    expect(stderr).toContain('--resume')
    expect(loadRun(onlyFolder(group)).record.facts?.aborted).toBe('the run was interrupted')
    expect(await leftovers(before, folder.path)).toEqual([])
  })

  it('refuses what cannot be run before anything starts, case by case', async () => {
    using folder = temporaryFolder()
    const config = path.join(folder.path, 'suites.yaml')
    fs.writeFileSync(config, 'suites: [{ name: s, targets: [raft, redis], workloads: [election, regster] }]')
    const { exitCode, stderr } = await faultline(['suite', config, '--out', folder.path])
    expect(exitCode).toBe(255)
    expect(stderr).toContain('faultline run redis --workload election')
    expect(stderr).toContain('regster')
    expect(stderr).not.toMatch(/\n\s+at /)
    expect(fs.existsSync(path.join(folder.path, 'suites'))).toBe(false)
  })
})
