/**
 * Members leave and come back through the target's own API, while clients and other faults go on:
 *
 * - `remove`: a member is removed and its process ended; at the heal it is added again, with the data it had;
 * - `replace`: it is removed and its data wiped, and at once added again, as a new machine under the old name.
 *
 * Each step waits for what the cluster says (its leader's list of members) before the next, and none is begun that would
 * leave fewer members than `least`. A step the cluster refuses (no leader, another change under way) is asked for again
 * until its time is over. Proof: the list of members before, between and after.
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
  /** No change leaves fewer members. */
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
  description: "removes members, adds them again, replaces them, through the target's own API",
  needs: ['kill'],
  needsOfTarget: (target) =>
    target.changeMembers === undefined ? `${target.name} has no way to change its members` : null,
  intervalMs: 5000,
  durationMs: 1500,
  options: {
    modes: wordsOption('how', MODES),
    least: number(0, 'members that always stay; 0: a majority of all nodes'),
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
    return (draw, ordinal) => ({
      mode: modeOf(ordinal),
      ...victimsOf(draw, 'membership'),
      least: options.least === 0 ? majority : options.least,
    })
  },
  inject,
  settle: (context) => new MemberChanges(context).settle(),
})
