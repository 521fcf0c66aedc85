/** Leader election (section 5.2, 5.4.1), with pre-vote and the check of a leader's quorum (thesis, 9.6 and 6.2). */

import type { NodeId } from '../../protocol/commands.ts'
import { broadcastAppend } from './append.ts'
import {
  appendEntry,
  becomeFollower,
  countMembers,
  isMember,
  type Node,
  peersOf,
  quorumOf,
  resetTimeout,
  send,
} from './node.ts'
import type { Message } from './types.ts'

type VoteRequest = Message & { readonly type: 'vote' | 'preVote' }
type VoteReply = Message & { readonly type: 'voteReply' | 'preVoteReply' }

const won = (node: Node): boolean => countMembers(node, (id) => node.votes.get(id) === true) >= quorumOf(node)

/** Asks whether this node could win an election, without changing any node's term. */
export const startPreVote = (node: Node): void => {
  resetTimeout(node)
  if (!isMember(node)) return
  node.role = 'preCandidate'
  node.leader = null
  node.votes = new Map([[node.config.id, true]])
  if (won(node)) return startElection(node)
  requestVotes(node, 'preVote', node.term + 1)
}

const startElection = (node: Node): void => {
  resetTimeout(node)
  node.role = 'candidate'
  node.term++
  node.votedFor = node.config.id
  node.leader = null
  node.votes = new Map([[node.config.id, true]])
  if (won(node)) return becomeLeader(node)
  requestVotes(node, 'vote', node.term)
}

const requestVotes = (node: Node, type: 'vote' | 'preVote', term: number): void => {
  const { lastIndex, lastTerm } = node.log
  for (const peer of peersOf(node)) send(node, peer, { type, term, lastIndex, lastTerm })
}

const becomeLeader = (node: Node): void => {
  node.role = 'leader'
  node.leader = node.config.id
  node.ticks = 0
  node.round = 0
  node.progress = new Map()
  const next = node.log.lastIndex + 1
  for (const peer of peersOf(node)) {
    node.progress.set(peer, { next, match: 0, round: 0, active: true, snapshotWait: 0 })
  }
  // Only with an entry of its own term can it commit inherited entries (5.4.2) and answer reads (thesis, 6.4).
  if (!node.deviations.startsTermWithoutEntry)
    appendEntry(node, { index: next, term: node.term, command: { kind: 'noop' } })
  broadcastAppend(node)
}

/** The voter's log must not be ahead of the candidate's (5.4.1). */
const upToDate = (node: Node, request: VoteRequest): boolean => {
  if (node.deviations.votesForStaleLogs) return true
  const { lastIndex, lastTerm } = node.log
  return request.lastTerm > lastTerm || (request.lastTerm === lastTerm && request.lastIndex >= lastIndex)
}

const heardFromLeader = (node: Node): boolean =>
  node.role === 'leader' || (node.leader !== null && node.ticks < node.config.electionTicks)

export const onVoteRequest = (node: Node, from: NodeId, request: VoteRequest): void => {
  if (request.type === 'preVote') {
    const granted = request.term > node.term && !heardFromLeader(node) && upToDate(node, request)
    send(node, from, { type: 'preVoteReply', term: granted ? request.term : node.term, granted })
    return
  }
  const free = node.votedFor === null || node.votedFor === from
  const granted = request.term === node.term && free && node.leader === null && upToDate(node, request)
  if (granted) {
    node.votedFor = from
    resetTimeout(node)
  }
  send(node, from, { type: 'voteReply', term: node.term, granted })
}

export const onVoteReply = (node: Node, from: NodeId, reply: VoteReply): void => {
  const asking = reply.type === 'preVoteReply' ? 'preCandidate' : 'candidate'
  if (node.role !== asking) return
  // A vote counts only in the term for which it was requested.
  if (reply.type === 'voteReply' && reply.term !== node.term) return
  if (reply.type === 'preVoteReply' && reply.granted && reply.term !== node.term + 1) return
  node.votes.set(from, reply.granted)
  if (won(node)) {
    if (node.role === 'preCandidate') startElection(node)
    else becomeLeader(node)
    return
  }
  const refused = countMembers(node, (id) => node.votes.get(id) === false)
  if (refused >= quorumOf(node)) becomeFollower(node, node.term, null)
}

/** A leader that has not heard from a quorum for an election timeout stops leading (check-quorum). */
export const checkQuorum = (node: Node): void => {
  const active = countMembers(node, (id) => id === node.config.id || node.progress.get(id)?.active === true)
  for (const progress of node.progress.values()) progress.active = false
  if (active < quorumOf(node)) becomeFollower(node, node.term, null)
}
