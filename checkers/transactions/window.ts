/**
 * Transactions cut down to keys of which a window has every call. What is wrong with these is wrong with the whole history:
 *
 * - The order of versions of a key follows from the calls on this key alone: in list-append from its reads, in rw-register from
 *   its touches, and the process and real-time order among them, which a cut leaves as it is. So is who wrote what. (A write
 *   of unknown outcome may become certain by a key that is left out. Then the whole has more edges to it, and none fewer.)
 *   Hence every WW, WR and RW edge of the cut is an edge of the whole, of the same kind and strength, or, if the whole finds
 *   versions of that key in a cycle, they are an anomaly there that breaks as much as a cycle through such an edge.
 * - Pairs of the process and real-time order are taken among fewer transactions. Each holds in the whole, where it is an edge or
 *   a path of such edges. So each cycle of the cut has a closed walk in the whole with the same edges besides. Its number of
 *   anti-dependencies is the same, and none of them become adjacent: G0, G1c, G-single, G-nonadjacent and G2-item stay.
 * - G1a, G1b, dirty updates, garbage, duplicates, incompatible orders, future reads, lost updates and internal contradictions
 *   concern one key each, and micro-operations keep their order. OTV and fractured reads are about two keys of the cut, and the
 *   order of two reads of a transaction.
 * - G-update: a transaction whose writes are left out looks like one that only reads. The cut then has more of these, so fewer
 *   cycles have at most one. Whatever is found is one in the whole.
 *
 * The whole may have a worse anomaly with the same transactions: a cycle may be shorter through keys that are left out. So the
 * name of what is found is not final; that it breaks the promise is, apart from limits of searches in very large histories.
 * Keys must be whole: if earlier appends were left out, what they wrote would look like garbage, and their
 * readers would look like the first.
 */
import type { Operation } from '../../harness/api/history.ts'
import type { SlidingWindow } from '../../harness/api/verdict.ts'
import { inText } from '../../harness/vocabularies/values.ts'
import { type Parts, PartsWindow } from '../parts-window.ts'
import type { MicroOp } from './micro-op.ts'

/** Null: a cluster or an importer gave something else, which the checker will say. */
const microOpsOf = ({ value }: Operation): readonly MicroOp[] =>
  Array.isArray(value) ? (value as readonly MicroOp[]) : []

const KEYS: Parts = {
  asked: (invocation) => microOpsOf(invocation).map(([, key]) => inText(key)),
  only: (operation, isKept) => {
    const value = microOpsOf(operation).filter(([, key]) => isKept(inText(key)))
    return value.length === 0 && operation.type === 'invoke' ? null : { ...operation, value }
  },
}

export const transactionsWindow = (): SlidingWindow => new PartsWindow(KEYS)
