/** The calls that simulated clients make on registers. */
import type { Rng } from '../../../harness/api/random.ts'
import type { RegisterCall } from '../../../harness/vocabularies/register.ts'

const KEYS = 3

/** Shares of the calls; the rest are compare-and-sets. */
interface Shares {
  readonly reads: number
  readonly writes: number
}

/** @param ordinal of the client's calls, from 0: values are different for each */
export const drawRegisterCall = (
  rng: Rng,
  process: number,
  ordinal: number,
  { reads, writes }: Shares,
): RegisterCall => {
  const key = rng.int(KEYS)
  const value = 1 + process + ordinal * 10_000
  const draw = rng.float()
  if (draw < reads) return { f: 'read', value: { key } }
  if (draw < reads + writes) return { f: 'write', value: { key, value } }
  return { f: 'cas', value: { key, expected: rng.int(3) === 0 ? null : value - 10_000, next: value } }
}
