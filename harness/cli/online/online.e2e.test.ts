/** `--online` on a real run: what is broken is said while it goes on, and the verdict is made afterwards as always. */
import { expect, it } from 'vitest'
import { readOnlineState } from '../../store/online-file.ts'
import { loadRun, readFindings } from '../../store/run-store.ts'
import { describeWith, missingLinuxRoot } from '../../testing/capabilities.ts'
import { faultline, temporaryFolder } from '../../testing/command.ts'
import { hostBaseline } from '../../testing/host.ts'
import { leftovers } from '../../testing/leftovers.ts'

const RUN = 'run raft --env namespaces --nodes 3 -n none --time-limit 8s --seed 1 --online --json'

describeWith(missingLinuxRoot(), 'a run that is judged while it goes on', () => {
  const judged = async (more: readonly string[]) => {
    using folder = temporaryFolder()
    const before = hostBaseline()
    const { stdout, stderr, exitCode } = await faultline([...RUN.split(' '), ...more, '--out', folder.path])
    const { runDir } = JSON.parse(stdout) as { readonly runDir: string }
    const { record } = loadRun(runDir)
    expect(await leftovers(before, folder.path)).toEqual([])
    return {
      stderr,
      exitCode,
      record,
      online: readOnlineState(runDir),
      found: readFindings(runDir)?.findings,
    }
  }

  it('and breaks a promise, says so at once, and goes on to its end', async () => {
    const { stderr, exitCode, record, online, found } = await judged(['--bug', 'stale-read'])
    expect(exitCode).toBe(1)
    const [seen] = online?.broken ?? []
    // What it is called may only be known later.
    expect(found?.map(({ checker }) => checker)).toContain(seen?.checker)
    expect(stderr).toContain(seen?.sentence)
    expect(record.history.at(-1)?.timeNs).toBeGreaterThan(8e9)
    expect(record.facts?.aborted).toBeNull()
  })

  it('is judged by the log of a service, too, and ends when that shows that a promise is broken', async () => {
    const args =
      '-w effects --bug key-per-attempt --target-opts sink=deduplicating --time-limit 60s --fail-fast'
    const { exitCode, record, online, found } = await judged(args.split(' '))
    expect(exitCode).toBe(1)
    expect(online?.broken.map(({ checker }) => checker)).toContain('effects')
    expect(found?.map(({ fingerprint }) => fingerprint)).toContain(online?.broken[0]?.fingerprint)
    expect(online?.withoutLog).toEqual([])
    expect(record.facts?.aborted).toContain('--fail-fast')
    expect(record.history.at(-1)?.timeNs).toBeLessThan(50e9)
  })

  it('and keeps its promises, is told nothing of', async () => {
    const { stderr, exitCode, online } = await judged([])
    expect(exitCode, stderr).toBe(0)
    expect(stderr).not.toContain('seen after')
    expect(online).toMatchObject({ objects: { broken: 0 }, broken: [] })
  })
})
