/** A process that is killed while it stores columns leaves nothing that harms. */
import fs from 'node:fs'
import path from 'node:path'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import { CHUNK } from '../history/chunk.ts'
import { rngFromSeed } from '../support/random.ts'
import { sleep } from '../support/wait.ts'
import { PROJECT_ROOT } from '../testing/capabilities.ts'
import { longHistory } from '../testing/long-history.ts'
import { digestOf, readStored, storeHistory } from '../testing/stored-history.ts'
import { readHistory } from './run-history.ts'
import { FILES } from './run-store.ts'

const PROGRAM = path.join(PROJECT_ROOT, 'harness/testing/store-columns.ts')
/** Header, columns and text of two chunks, invocations, completions, directory, end; fsync, rename. */
const STEPS = 11

const started = (...args: readonly string[]) =>
  execa(process.execPath, [PROGRAM, ...args], { reject: false, stdin: 'ignore' })

describe('a process that stores columns', () => {
  const operations = longHistory(CHUNK + 300)

  it.each(Array.from({ length: STEPS + 1 }, (_, step) => step))(
    'and is killed before step %d leaves nothing that counts',
    async (step) => {
      using stored = storeHistory(operations)
      const expected = digestOf(readHistory(stored.file))
      const { signal, stdout } = await started(stored.file, String(step))
      const isOver = step === STEPS
      expect([signal, stdout]).toEqual(isOver ? [undefined, 'read'] : ['SIGKILL', ''])
      expect(fs.existsSync(stored.columns)).toBe(isOver)
      expect(fs.readdirSync(stored.dir)).toHaveLength(2)
      expect(digestOf(readStored(stored.file))).toBe(expected)
      expect(fs.readdirSync(stored.dir).sort()).toEqual([FILES.columns, FILES.history])
      expect(digestOf(readStored(stored.file))).toBe(expected)
    },
  )

  it('and is killed at any moment leaves nothing that counts, and no more files from time to time', async () => {
    using stored = storeHistory(operations)
    const expected = digestOf(readHistory(stored.file))
    const rng = rngFromSeed(1)
    for (let round = 0; round < 8; round++) {
      const running = started(stored.file)
      await new Promise((resolve) => running.stdout.once('data', resolve))
      await sleep(rng.float() * 300, new AbortController().signal)
      running.kill('SIGKILL')
      expect((await running).signal).toBe('SIGKILL')
      expect(fs.readdirSync(stored.dir).length).toBeLessThanOrEqual(3)
      // Every other time, the next process to read it is killed as well.
      if (round % 2 === 0) continue
      expect(digestOf(readStored(stored.file))).toBe(expected)
      expect(fs.readdirSync(stored.dir).sort()).toEqual([FILES.columns, FILES.history])
    }
  })
})
