/** Ballots: "different proposers choose their numbers from disjoint sets of numbers" (section 2.5). */
import type { NodeId } from '../../protocol/commands.ts'
import type { Ballot } from './types.ts'

/** The node at position p of n has p + 1, n + p + 1, 2n + p + 1 ... @returns its lowest above `above` */
export const nextBallot = (above: Ballot, id: NodeId, members: readonly NodeId[]): Ballot => {
  const first = members.indexOf(id) + 1
  const rounds = Math.max(0, Math.floor((above - first) / members.length) + 1)
  return rounds * members.length + first
}

/** Whose it is. */
export const ownerOf = (ballot: Ballot, members: readonly NodeId[]): NodeId =>
  members[(ballot - 1) % members.length] as NodeId
