/** What our server says of its member. */
import { z } from 'zod'
import type { NodeStatus } from '../../harness/api/target.ts'

const STATUS = z.object({
  role: z.enum(['leader', 'follower', 'candidate']),
  term: z.int(),
  leader: z.string().nullable(),
  last_applied: z.int(),
  commit_index: z.int(),
  version: z.string(),
  applied: z.int(),
  digest: z.string(),
  earlier: z.record(z.string(), z.string()),
})

/** Before the first tick of its member, the server knows nothing of it. */
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
    version: told.version,
  }
}
