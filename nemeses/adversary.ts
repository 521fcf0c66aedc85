/**
 * The adversary of Fischer, Lynch and Paterson ("Impossibility of Distributed Consensus with One Faulty Process", JACM 1985):
 * it loses no message and stops no process, it only delays whatever would decide next, just long enough that it does not. No
 * deterministic consensus protocol makes progress against it, so none is owed while it acts; what was promised must hold all
 * the same, and progress must resume afterwards.
 *
 * Where the target's codec knows the epochs of its protocol (terms, ballots, views), it holds single messages: each proposal,
 * until its epoch is over for the node that is to hear it.
 *
 * Otherwise it knows no messages, but leaders: it holds the packets of whichever node leads until the others have lost their
 * patience and another node leads; then it holds that one and lets the previous one go, with all that it sent. All other packets
 * between nodes are late by a little, so that a new leader is noticed before its first round trip ends. So the protocol has to
 * be one with leaders, and its nodes must tell who leads.
 *
 * Proof: what was held for how long, and how much was decided per second before and meanwhile.
 */
import { z } from 'zod'
import type { Effect, NemesisContext, PlannedFault } from '../harness/api/nemesis.ts'
import { UserError } from '../harness/support/assert.ts'
import { FollowedLeader } from './parts/followed-leader.ts'
import { HeldProposals } from './parts/held-proposals.ts'
import { duration } from './parts/options.ts'
import { measureThenUndo, scheduledNemesis } from './parts/scheduled-nemesis.ts'

const adversaryIntent = z.strictObject({
  // Plans that were recorded before proposals could be held do not say.
  holds: z.enum(['proposals', 'leaders']).default('leaders'),
  delayMs: z.number(),
})
type AdversaryIntent = z.infer<typeof adversaryIntent>

const hold = (context: NemesisContext, { holds, delayMs }: AdversaryIntent, id: string) => {
  if (holds === 'leaders') return FollowedLeader.hold(context, delayMs)
  const { byzantine } = context
  if (byzantine?.epoch === undefined)
    throw new UserError(`${id}: the target has no codec that knows the epochs of its protocol.`)
  return HeldProposals.hold(context, byzantine, id)
}

const inject = async (context: NemesisContext, intent: AdversaryIntent, { id }: PlannedFault) => {
  const held = await hold(context, intent, id)
  const measure = (): Promise<Effect> => held.measure()
  // No node is owed progress: all of them are victims.
  return {
    victims: context.cluster.nodes,
    measure,
    heal: () => measureThenUndo(measure, () => held[Symbol.asyncDispose]()),
  }
}

export const adversary = scheduledNemesis({
  name: 'adversary',
  label: 'adversary',
  colour: 'red',
  description:
    'holds each proposal until its term is over, or the packets of whichever node leads until another one leads, so that nothing is decided',
  needs: ['packet'],
  uses: ['partition', 'relay'],
  alsoNeeds: (_options, { byzantine }) => (byzantine?.epoch === undefined ? [] : ['partition', 'relay']),
  needsOfTarget: ({ name, status, byzantine }) =>
    status === undefined && byzantine?.epoch === undefined
      ? `${name} has no status, so nobody knows its leader, and no codec that knows its proposals`
      : null,
  // A relay is a process that has to start.
  isSlowToInject: true,
  intervalMs: 10_000,
  durationMs: 6000,
  options: {
    delay: duration(
      30,
      'where leaders are held, the one-way delay of all other packets between nodes: a new leader has to be noticed within two of them, and an election to be won in spite of them',
    ),
  },
  model: 'timing',
  intent: adversaryIntent,
  kindOf: ({ holds }) => holds,
  needsTime: () => true,
  plan: ({ options, context }) => {
    const holds: AdversaryIntent['holds'] =
      context.target.byzantine?.epoch === undefined ? 'leaders' : 'proposals'
    return () => ({ holds, delayMs: options.delay })
  },
  inject,
})
