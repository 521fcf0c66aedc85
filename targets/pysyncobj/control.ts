/** What is asked of a server of ours around a library with Raft, besides calls. `jgroups-raft/` has such a server, too. */
import { z } from 'zod'
import type { Claims, PromiseName } from '../../harness/api/claims.ts'
import type { Endpoint } from '../../harness/api/client.ts'
import type { NodeStatus } from '../../harness/api/target.ts'
import { APPEND_LOG } from '../../harness/vocabularies/append-log.ts'
import { COUNTER } from '../../harness/vocabularies/counter.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { SET } from '../../harness/vocabularies/set.ts'
import { JsonHttp } from '../http.ts'

const STATUS = z.object({
  role: z.enum(['leader', 'follower', 'candidate']),
  term: z.int(),
  leader: z.string().nullable(),
  last_applied: z.int(),
  commit_index: z.int(),
  version: z.string().optional(),
  applied: z.int(),
  digest: z.string(),
  earlier: z.record(z.string(), z.string()),
})

/** Before the first tick of its member, a server may know nothing of it. */
const UNKNOWN = z.strictObject({ role: z.literal('unknown') })

/**
 * A digest is of all commands of ours up to a number of them. The log has other entries, too, so that number is no position of it.
 *
 * @throws if it is no status
 */
export const statusFrom = (body: unknown): NodeStatus => {
  if (UNKNOWN.safeParse(body).success) return { role: 'unknown' }
  const told = STATUS.parse(body)
  return {
    role: told.role,
    term: told.term,
    leader: told.leader,
    appliedIndex: told.last_applied,
    commitIndex: told.commit_index,
    digest: told.digest,
    digestAt: told.applied,
    earlierDigests: told.earlier,
    ...(told.version === undefined ? {} : { version: told.version }),
  }
}

const http = new JsonHttp()

/** Ready if it knows a leader, and the leader a quorum: a command that changes nothing goes through the log. */
export const isReadyAt =
  (port: number) =>
  async ({ address }: Endpoint, signal: AbortSignal): Promise<boolean> => {
    const result = await http.request(`http://${address}:${port}`, 'POST', '/call', ['nothing'], signal)
    return result.type === 'response' && result.status === 200
  }

export const statusAt =
  (port: number) =>
  async ({ address }: Endpoint, signal: AbortSignal): Promise<NodeStatus> => {
    const result = await http.request(`http://${address}:${port}`, 'GET', '/status', undefined, signal)
    if (result.type !== 'response') throw new Error(result.error)
    return statusFrom(result.body)
  }

/** Local reads show what their member has applied. */
export const withLocalReads = (read: PromiseName): Claims['consistency'] => ({
  [REGISTER.name]: { read, write: 'linearizable', cas: 'linearizable' },
  [SET.name]: { add: 'linearizable', read },
  [APPEND_LOG.name]: { append: 'linearizable', read },
  [COUNTER.name]: { add: 'linearizable', read },
})
