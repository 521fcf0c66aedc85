import { describe, expect, it } from 'vitest'
import { redis } from '../../../targets/redis/target.ts'
import type { Requirements, Target } from '../../api/target.ts'
import { type Machine, whyTooSmall } from './requirements.ts'

const GIB = 2 ** 30
const SIZE = { nodes: 3, concurrency: 10 }
const MACHINE: Machine = { openFiles: 1024, isRoot: false, freeDiskBytes: GIB, freeMemoryBytes: GIB }
const needing = (requires: Requirements): Target => ({ ...redis, requires }) as unknown as Target

describe('what a target requires', () => {
  it.each<Requirements>([{}, { diskBytes: GIB, memoryBytes: GIB }])('may be there: %o', (requires) =>
    expect(whyTooSmall(needing(requires), MACHINE, SIZE)).toBeNull(),
  )

  it.each<[Requirements, string]>([
    [{ root: true }, 'redis needs root'],
    [{ diskBytes: 2 * GIB }, 'redis needs 2048 MiB of disk, and 1024 MiB are free'],
    [{ memoryBytes: 3 * GIB }, 'redis needs 3072 MiB of memory, and 1024 MiB are free'],
  ])('and is missing, is said: %o', (requires, sentence) =>
    expect(whyTooSmall(needing(requires), MACHINE, SIZE)).toContain(sentence),
  )

  it('files that may be open are enough for the size of the run', () => {
    const machine = { ...MACHINE, openFiles: 200 }
    expect(whyTooSmall(redis as unknown as Target, machine, SIZE)).toBeNull()
    expect(whyTooSmall(redis as unknown as Target, machine, { nodes: 20, concurrency: 100 })).toContain(
      'ulimit -n 450',
    )
  })
})
