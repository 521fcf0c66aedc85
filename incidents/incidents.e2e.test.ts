/**
 * Each incident on the bundled Raft: the healthy cluster keeps its promises, and a planted bug is found. The short form shows
 * two of them.
 */
import { describe, expect, it } from 'vitest'
import { loadRun } from '../harness/store/run-store.ts'
import { describeWith, isFull, missingLinuxRoot, sized } from '../harness/testing/capabilities.ts'
import { faultline, run, temporaryFolder } from '../harness/testing/command.ts'
import { expectKept, type Played, play, RAFT } from '../harness/testing/play.ts'
import { incidents } from './index.ts'

interface Shown {
  /** The planted bug that it finds, and that does not show without faults. */
  readonly bug: string
  /** What is asked of the cluster, healthy or not. */
  readonly args?: string
  /** Its faults are beyond what Raft claims to tolerate. */
  readonly isOutside?: true
}

const SHOWN: Readonly<Record<string, Shown>> = {
  'one-way-switch': { bug: 'ack-before-replication' },
  'byzantine-switch': { bug: 'no-truncate' },
  'region-cut': { bug: 'ack-before-replication' },
  'gc-pause': { bug: 'missed-ticks-skipped', args: '-w scheduled-job --target-opts sink=deduplicating' },
  'failover-cascade': { bug: 'no-previous-check' },
  'retry-storm': {
    bug: 'retry-applied-twice',
    args: '--target-opts attempt-timeout=300ms,attempts=5 --rate 400',
  },
  'full-disk': {
    bug: 'message-in-second-entry',
    args: '-w outbox --target-opts sink=deduplicating --rate 400',
  },
  'grey-disk': { bug: 'vote-not-persisted' },
  'power-cut': { bug: 'no-fsync' },
  'leap-second': { bug: 'lease-by-wall-clock', args: '-w lease' },
  'wrong-time-server': { bug: 'newest-clock-wins', args: '-w access' },
  'mixed-versions': { bug: 'queue-sorted-in-snapshot', args: '-w queue --target-opts compact-every=60' },
  'empty-replacement': { bug: 'log-tail-in-snapshot', args: '-w append-log --target-opts compact-every=60' },
  'restored-backup': { bug: 'vote-not-persisted', isOutside: true },
}

/** Those whose bugs showed in every run so far. */
const SURE = ['power-cut', 'leap-second']

const flagsOf = (name: string, { args }: Shown): string =>
  `--incident ${name}${args === undefined ? '' : ` ${args}`} --time-limit ${sized(15, 20)}s`

/** The record says which incident it was, and its faults are those that were planned. */
const expectMade = ({ record, verdict, faults }: Played, name: string): void => {
  expect(record.spec?.incident).toBe(name)
  expect(faults.length).toBeGreaterThan(1)
  expect(verdict.faults.effective, verdict.summary).toBeGreaterThan(0)
}

const isFound = ({ verdict }: Played, { isOutside }: Shown): boolean =>
  verdict.verdicts.some(({ status }) => status === 'invalid') &&
  verdict.status === (isOutside === true ? 'unknown' : 'invalid')

it('every incident is shown', () => expect(Object.keys(SHOWN)).toEqual(Object.keys(incidents)))

describeWith(missingLinuxRoot(), 'on the bundled Raft', () => {
  for (const [name, shown] of Object.entries(SHOWN).filter(([each]) => isFull || SURE.includes(each)))
    describe(name, () => {
      it('is survived by a healthy cluster', async () => {
        const played = await play(RAFT, `${flagsOf(name, shown)} --seed 1`)
        expectMade(played, name)
        // A healthy Raft may well break under what it does not claim to tolerate.
        if (shown.isOutside) expect(played.verdict.outsideClaims).toBe(true)
        else expectKept(played)
      })

      // A real cluster does not do the same twice: the long form runs every seed, and one of them must find the bug.
      it(`finds the planted bug ${shown.bug}`, async () => {
        const seeds = Array.from({ length: sized(1, 3) }, (_, at) => at + 1)
        const found: boolean[] = []
        for (const seed of seeds) {
          const played = await play(RAFT, `${flagsOf(name, shown)} --bug ${shown.bug} --seed ${seed}`)
          expectMade(played, name)
          found.push(isFound(played, shown))
        }
        expect(found).toContain(true)
      })
    })

  it('a run is judged and shown as any other, and repeated by the seed that it printed', async () => {
    using folder = temporaryFolder()
    const flags = '--incident leap-second --time-limit 8s'
    const first = await run(folder.path, [...RAFT, ...flags.split(' ')])
    const [, seed = 'none'] = /, incident leap-second, nemeses clock, seed (\d+)/.exec(first.stderr) ?? []
    const { runDir } = first.verdict
    expect(runDir).toContain('raft-register-leap-second')
    const [checked, shown] = [await faultline(['check', runDir]), await faultline(['show', runDir])]
    expect([first.exitCode, checked.exitCode]).toEqual([0, 0])
    expect(shown.stdout).toContain(`${flags.replace('8s', '8000ms')} --seed ${seed}`)
    const planned = (dir: string) => (loadRun(dir).record.faults ?? []).map((fault) => fault.planned)
    expect(planned(runDir).length).toBeGreaterThan(1)
    const again = await run(folder.path, [...RAFT, ...flags.split(' '), '--seed', seed])
    expect(planned(again.verdict.runDir)).toEqual(planned(runDir))
    const repeated = await run(folder.path, [...RAFT, '--faults', runDir, '--time-limit', '8s'])
    expect(planned(repeated.verdict.runDir)).toEqual(planned(runDir))
    for (const { exitCode, verdict } of [first, again, repeated]) {
      expect(exitCode, verdict.summary).toBe(0)
      expect(verdict.faults.effective, verdict.runDir).toBeGreaterThan(0)
    }
  })
})
