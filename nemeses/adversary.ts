/**
 * The adversary of Fischer, Lynch and Paterson ("Impossibility of Distributed Consensus with One Faulty Process", JACM 1985):
 * it loses no message and stops no process, it only delays whatever would decide next, just long enough that it does not. No
 * deterministic consensus protocol makes progress against it, so none is owed while it acts; what was promised must hold all
 * the same, and progress must resume afterwards.
 *
 * It knows no protocol. It holds the packets of whichever node leads until the others have lost their patience and another
 * node leads; then it holds that one and lets the previous one go, with all that it sent. All other packets between nodes are
 * late by a little, so that a new leader is noticed before its first round trip ends. So the protocol has to be one with
 * leaders, and its nodes must tell who leads.
 *
 * Proof: who was held, how long packets waited, and how much was decided per second before and meanwhile.
 */
import { z } from 'zod'
import type { Effect, NemesisContext } from '../harness/api/nemesis.ts'
import { FollowedLeader } from './parts/followed-leader.ts'
import { duration } from './parts/options.ts'
import { measureThenUndo, scheduledNemesis } from './parts/scheduled-nemesis.ts'

const adversaryIntent = z.strictObject({ delayMs: z.number() })
type AdversaryIntent = z.infer<typeof adversaryIntent>

const inject = async (context: NemesisContext, { delayMs }: AdversaryIntent) => {
  const followed = await FollowedLeader.hold(context, delayMs)
  const measure = (): Promise<Effect> => followed.measure()
  // No node is owed progress: all of them are victims.
  return {
    victims: context.cluster.nodes,
    measure,
    heal: () => measureThenUndo(measure, () => followed[Symbol.asyncDispose]()),
  }
}

export const adversary = scheduledNemesis({
  name: 'adversary',
  label: 'adversary',
  colour: 'red',
  description:
    'holds the packets of whichever node leads until another one leads, so that nothing is decided',
  needs: ['packet'],
  needsOfTarget: (target) =>
    target.status === undefined ? `${target.name} has no status, so nobody knows its leader` : null,
  intervalMs: 10_000,
  durationMs: 6000,
  options: {
    delay: duration(
      30,
      'one-way delay of all other packets between nodes: a new leader has to be noticed within two of them, and an election to be won in spite of them',
    ),
  },
  model: 'timing',
  intent: adversaryIntent,
  kindOf: () => 'leaders',
  needsTime: () => true,
  plan:
    ({ options }) =>
    () => ({ delayMs: options.delay }),
  inject,
})
