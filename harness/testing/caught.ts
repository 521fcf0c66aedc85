/** Planted bugs in real runs: each is caught by the command that `faultline list bugs` tells. */
import { expect, it } from 'vitest'
import type { PlantedBug } from '../api/target.ts'
import { isFull, sized } from './capabilities.ts'
import { type FinishedRun, run, temporaryFolder } from './command.ts'

/**
 * @param sure those that the short form runs, too, with one seed, and to the first thing that is broken; all others are left to the
 *   long form
 */
export const itCatches = (target: string, bugs: readonly PlantedBug[], sure: readonly string[]): void => {
  for (const { name, workload, realRun } of bugs) {
    if ('none' in realRun || !(isFull || sure.includes(name))) continue
    it(`--bug ${name} is caught`, async () => {
      using folder = temporaryFolder()
      const found: FinishedRun[] = []
      for (let seed = 1; seed <= sized(1, 3); seed++) {
        const command = [target, '--env', 'namespaces', '--bug', name, '-w', workload]
        const ends = isFull ? [] : ['--fail-fast']
        const args = [...command, ...realRun.args.split(' '), ...ends, '--seed', String(seed)]
        const finished = await run(folder.path, args)
        if (finished.exitCode === 1) found.push(finished)
      }
      expect(found.length).toBeGreaterThan(0)
      expect(found[0]?.verdict.status).toBe('invalid')
      expect(
        found[0]?.verdict.verdicts.some(
          ({ status, evidence }) => status === 'invalid' && evidence.length > 0,
        ),
      ).toBe(true)
    })
  }
}
