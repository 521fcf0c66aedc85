/** `faultline watch-run`: judges a run that is going on, until a promise is broken. The supervisor starts it, and ends it. */
import fs from 'node:fs'
import path from 'node:path'
import { FILES } from '../../store/run-store.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { sleep } from '../../support/wait.ts'
import type { SeenBroken } from './fail-fast.ts'
import { findingsSoFar } from './judge.ts'

const LOOK_EVERY_MS = 500
/**
 * The record is judged anew each time. If it has grown by so much since, all looks together take a few times as long as the
 * last of them.
 */
const GROWTH = 1.2
/** After each look, so many times as long nothing is done: the cluster shares the processors. */
const REST = 2

const sizeOf = (file: string): number => fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0

export const watchRunCommand = async (runDir: string): Promise<number> => {
  const file = path.join(runDir, FILES.history)
  const { signal } = new AbortController()
  for (let seen = 0; ; ) {
    const size = sizeOf(file)
    if (size === 0 || size < GROWTH * seen) {
      await sleep(LOOK_EVERY_MS, signal)
      continue
    }
    seen = size
    const beganMs = performance.now()
    const [first] = await findingsSoFar(runDir)
    if (first !== undefined) {
      const { fingerprint, sentence, firstAtNs } = first
      process.stdout.write(`${JSON.stringify({ fingerprint, sentence, firstAtNs } satisfies SeenBroken)}\n`)
      return EXIT_CODES.valid
    }
    await sleep(Math.max(LOOK_EVERY_MS, REST * (performance.now() - beganMs)), signal)
  }
}
