/**
 * HashKV: a member's hash of all keys and values in its history up to a revision. Members that have compacted up to the same
 * revision must have the same hash at the same revision: etcd's own check for corruption compares them so, over the same
 * path of the peers' port, which every version has (server/etcdserver/corrupt.go).
 */
import type { NodeStatus } from '../../harness/api/target.ts'
import type { JsonHttp } from '../http.ts'
import { PEER_PORT } from './ports.ts'

/** All members are asked for the hash at multiples of this: while clients write, they are rarely at the same revision. */
const STEP_REVISIONS = 50

interface HashKv {
  readonly hash: number
  /** Absent, or less than 1: nothing is compacted. */
  readonly compact_revision?: number
}

/** Null: the member has compacted up to there, or does not tell. */
const hashAt = async (
  http: JsonHttp,
  address: string,
  revision: number,
  signal: AbortSignal,
): Promise<HashKv | null> => {
  const origin = `http://${address}:${PEER_PORT}`
  const result = await http.request(origin, 'GET', '/members/hashkv', { revision }, signal)
  if (result.type !== 'response' || result.status !== 200) return null
  const body = result.body as Partial<HashKv>
  return typeof body.hash === 'number' ? (body as HashKv) : null
}

const basisOf = ({ compact_revision: revision = 0 }: HashKv): string =>
  revision < 1 ? '' : `compacted up to ${revision}`

/** @param revision that the member is at */
export const digestsAt = async (
  http: JsonHttp,
  address: string,
  revision: number,
  signal: AbortSignal,
): Promise<Pick<NodeStatus, 'digest' | 'digestAt' | 'digestBasis' | 'earlierDigests'>> => {
  const step = revision - (revision % STEP_REVISIONS)
  const now = revision < 1 ? null : await hashAt(http, address, revision, signal)
  if (now === null) return {}
  const before = step < 1 || step === revision ? null : await hashAt(http, address, step, signal)
  const basis = basisOf(now)
  return {
    digest: String(now.hash),
    digestAt: revision,
    ...(basis === '' ? {} : { digestBasis: basis }),
    // Members compact at any time.
    ...(before === null || basisOf(before) !== basis
      ? {}
      : { earlierDigests: { [step]: String(before.hash) } }),
  }
}
