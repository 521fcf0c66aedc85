/**
 * Members leave and come back through the target's own API, while clients and other faults continue:
 *
 * - `remove`: a member is removed and its process ended; the heal adds it again, with the data it had;
 * - `replace`: it is removed, its data is wiped, and it is added again at once, like a new machine with the old name.
 *
 * Each step waits until the cluster reports the change (in the leader's list of members), and no step begins that would
 * leave fewer members than `least`. A step that the cluster refuses (no leader, another change in progress) is repeated
 * until its timeout. Proof: the list of members before, between and after the changes.
 */
import { z } from 'zod'
import type { NemesisContext } from '../harness/api/nemesis.ts'
import { MemberChanges } from './parts/member-changes.ts'
import { number } from './parts/options.ts'
import { scheduledNemesis } from './parts/scheduled-nemesis.ts'
import { resolveVictims, VICTIM_FIELDS, victimsFrom, victimsNamed, victimsOption } from './parts/victims.ts'
import { wordsByTurns, wordsOption } from './parts/words.ts'

const MODES = ['remove', 'replace'] as const

const membershipIntent = z.strictObject({
  mode: z.enum(MODES),
  ...VICTIM_FIELDS,
  /** No change may leave fewer members than this. */
  least: z.number(),
})
type MembershipIntent = z.infer<typeof membershipIntent>

const inject = async (context: NemesisContext, intent: MembershipIntent) => {
  const victims = await resolveVictims(context, intent)
  const changes = new MemberChanges(context)
  for (const node of victims) {
    const isGone = await changes.remove(node, intent.least)
    if (isGone && intent.mode === 'replace') await changes.replace(node)
  }
  const heal = async () => {
    await changes.addMissing(victims)
    return changes.measure()
  }
  return { victims, measure: async () => changes.measure(), heal }
}

export const membership = scheduledNemesis({
  name: 'membership',
  label: 'membership',
  colour: 'brown',
  description: "removes, re-adds and replaces members through the target's own API",
  needs: ['kill'],
  restarts: true,
  needsOfTarget: (target) =>
    target.changeMembers === undefined ? `${target.name} has no way to change its members` : null,
  intervalMs: 5000,
  durationMs: 1500,
  options: {
    modes: wordsOption('how', MODES),
    least: number(0, 'smallest number of members that a change may leave; 0: a majority of all nodes'),
    victims: victimsOption('leader+one+minority'),
  },
  model: 'membership',
  intent: membershipIntent,
  kindOf: ({ mode }) => mode,
  nodesNamed: victimsNamed,
  plan: ({ rng, options, context }) => {
    const modeOf = wordsByTurns(rng, 'modes', options.modes, MODES)
    const victimsOf = victimsFrom(options.victims, context)
    const majority = Math.floor(context.nodes.length / 2) + 1
    return (draw, ordinal, aim) => ({
      mode: modeOf(ordinal),
      ...victimsOf(draw, 'membership', aim),
      least: options.least === 0 ? majority : options.least,
    })
  },
  inject,
  settle: (context) => new MemberChanges(context).settle(),
})
