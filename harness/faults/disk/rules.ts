/** The errors and delays of a disk: rules about kinds of operations, drawn by a seed, and counts of their effects. */
import type { DiskCounts, DiskKind, DiskKindCounts, DiskRule } from '../../api/disk.ts'
import type { Rng } from '../../api/random.ts'
import type { OperationName } from './protocol.ts'

const KINDS: readonly DiskKind[] = ['read', 'write', 'fsync', 'metadata']

const METADATA: readonly OperationName[] = [
  'create',
  'mkdir',
  'mknod',
  'symlink',
  'link',
  'unlink',
  'rmdir',
  'rename',
  'rename2',
  'setattr',
  'fallocate',
  'setxattr',
  'removexattr',
  'tmpfile',
]

export const kindOf = (operation: OperationName): DiskKind | null => {
  if (operation === 'read' || operation === 'write') return operation
  if (operation === 'fsync' || operation === 'fsyncdir') return 'fsync'
  return METADATA.includes(operation) ? 'metadata' : null
}

export interface Hit {
  readonly rule: DiskRule
  readonly delayMs: number
}

/**
 * The first rule that applies to the `ordinal`th operation; null if none does.
 *
 * @param isAbout whether it is about a file that the rule hits
 */
export const drawHit = <Rule extends DiskRule>(
  rules: readonly Rule[],
  kind: DiskKind,
  ordinal: number,
  rng: Rng,
  isAbout: (rule: Rule) => boolean,
): Hit | null => {
  for (const [i, rule] of rules.entries()) {
    if (!rule.kinds.includes(kind)) continue
    const draw = rng.fork(i, ordinal)
    if (draw.fork('hit').float() >= rule.probability || !isAbout(rule)) continue
    const factor = rule.distribution === 'fixed' ? 1 : -Math.log(1 - draw.fork('delay').float())
    return { rule, delayMs: rule.meanMs * factor }
  }
  return null
}

/** Counts that can be incremented. */
export type Tally = Record<DiskKind, { -readonly [Part in keyof DiskKindCounts]: number }>

const perKind = <T>(of: (kind: DiskKind) => T): Record<DiskKind, T> =>
  Object.fromEntries(KINDS.map((kind) => [kind, of(kind)])) as Record<DiskKind, T>

export const newTally = (): Tally => perKind(() => ({ operations: 0, failed: 0, delayed: 0, totalMs: 0 }))

/** The difference between two readings. */
export const countsSince = (before: DiskCounts, now: DiskCounts): DiskCounts =>
  perKind((kind) => {
    const [a, b] = [before[kind], now[kind]]
    return {
      operations: b.operations - a.operations,
      failed: b.failed - a.failed,
      delayed: b.delayed - a.delayed,
      totalMs: b.totalMs - a.totalMs,
    }
  })
