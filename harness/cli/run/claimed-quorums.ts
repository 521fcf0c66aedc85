/** The quorums that a target claims are checked before anything is started: two that do not meet decide different things. */
import type { Claims } from '../../api/claims.ts'
import { notMeeting, systemOf } from '../../quorum/describe.ts'
import { MOST_NODES } from '../../quorum/quorums.ts'
import { UserError } from '../../support/assert.ts'

/** @throws UserError if they are none, or if two that must meet do not */
export const checkClaimedQuorums = (target: string, { quorums = [] }: Claims, nodes: number): void => {
  // Of a larger cluster nobody looks at every set of nodes: its claim stands unchecked.
  if (quorums.length === 0 || nodes > MOST_NODES) return
  const apart = notMeeting(quorums.map((text) => systemOf(text, nodes)))
  if (apart === null) return
  const claimed = quorums.map((text) => `"${text}"`).join(' and ')
  throw new UserError(
    `Target ${target} claims the quorums ${claimed}, of which with ${nodes} nodes ${apart} share no node: what the one decided, the other does not know. Correct the claim (\`quorums\`), or choose another number of nodes (--nodes).`,
  )
}
