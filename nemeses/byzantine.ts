/**
 * Nodes that lie (Lamport, Shostak and Pease 1982). A relay in each traitor's network namespace carries all its TCP
 * connections with peers and clients, and changes what is said on them (`harness/faults/relay`). The node's program stays
 * what it is: to all others the node is a traitor, whatever they believe of it.
 *
 * If the target has words for lies (`Target.byzantine`), they are told in its protocol. Otherwise, for any cluster, the
 * traitor is silent towards some, late, or repeats old words. The traitors are the same for the whole run: a node that lied
 * once is never believed again. Proof: which lies reached whom.
 */
import { z } from 'zod'
import type { LieKind } from '../harness/api/byzantine.ts'
import type { PlanContext } from '../harness/api/nemesis.ts'
import type { Rng } from '../harness/api/random.ts'
import { LIE_KINDS } from '../harness/faults/relay/kinds.ts'
import { WORDLESS } from '../harness/faults/relay/mouth.ts'
import { UserError } from '../harness/support/assert.ts'
import { mostTolerated } from '../harness/support/tolerance.ts'
import { type Lie, liesInForce } from './parts/lies.ts'
import { duration, number } from './parts/options.ts'
import { scheduledNemesis } from './parts/scheduled-nemesis.ts'
import { resolveTraitors } from './parts/traitors.ts'
import { drawVictims, parseVictims, VICTIM_FIELDS, victimsNamed, victimsOption } from './parts/victims.ts'
import { parseWords, wordsOption } from './parts/words.ts'

const SEEDS = 2 ** 31
/** One fault in so many, the first one too, tells all lies at once: some are told only by a leader, others by followers. */
const ALL_EVERY = 2

const byzantineIntent = z.strictObject({
  ...VICTIM_FIELDS,
  /** How many nodes lie: the victims, then others in their order. */
  traitors: z.int().min(1),
  /** Name -> kind. */
  lies: z.record(z.string(), z.enum(LIE_KINDS)).readonly(),
  /** The order in which peers and clients are chosen to be lied to, where not all are. */
  audience: z.array(z.string()).readonly(),
  /** Traitors know each other's secrets, and tell each other what they learn. */
  colludes: z.boolean(),
  delayMs: z.number(),
  seed: z.int(),
})

/** The lies of these kinds that the target has words for, and those that need none. */
const liesOf = ({ target }: PlanContext, kinds: readonly LieKind[], traitors: number): readonly Lie[] => {
  const inWords = Object.entries(target.byzantine?.lies ?? {}).map(([lie, { kind }]) => ({ lie, kind }))
  const wordless = WORDLESS.map((name) => ({ lie: name, kind: name }))
  const lies = [...inWords, ...wordless]
    .filter(({ kind }) => kinds.includes(kind))
    // A traitor alone has nobody to collude with.
    .filter(({ kind }) => kind !== 'collusion' || traitors > 1)
  if (lies.length === 0)
    throw new UserError(
      `byzantine: ${target.name} has no words for ${kinds.join(', ')} of ${traitors} traitors; without words, a node can be told to ${WORDLESS.join(', ')}.`,
    )
  return lies
}

/** As many as the claims tolerate, but at least one. */
const toleratedBy = ({ tolerates, nodes }: PlanContext): number =>
  Math.max(1, Math.min(nodes.length - 1, mostTolerated(tolerates.byzantine ?? 1, nodes.length)))

/** Whoever is silent or late says nothing else meanwhile. */
const together = (lies: readonly Lie[]): readonly Lie[] =>
  lies.filter(({ kind }) => kind !== 'silence' && kind !== 'delay')

const drawLies = (rng: Rng, lies: readonly Lie[], ordinal: number): readonly Lie[] => {
  const all = together(lies)
  if (ordinal % ALL_EVERY === 0 && all.length > 1) return rng.shuffle(all)
  return [lies[Math.floor(ordinal / ALL_EVERY) % lies.length] as Lie]
}

export const byzantine = scheduledNemesis({
  name: 'byzantine',
  label: 'traitors',
  colour: 'purple',
  description:
    'nodes lie to their peers and clients: in the words of the protocol, or by silence, delay, replay',
  needs: ['partition', 'relay'],
  onlyIfClaimed: true,
  // A relay is a process that has to start.
  isSlowToInject: true,
  intervalMs: 4000,
  durationMs: 2500,
  options: {
    kinds: wordsOption('kinds of lies', LIE_KINDS),
    traitors: number(0, 'how many nodes lie; 0: as many as the claims tolerate, at least one'),
    victims: victimsOption('one', 'nodes that lie, the same for the whole run'),
    delay: duration(300, 'by how much late words are late'),
  },
  model: 'byzantine',
  intent: byzantineIntent,
  kindOf: ({ lies }) => {
    const [kind = 'none', ...others] = Object.values(lies)
    return others.length === 0 ? kind : 'several'
  },
  nodesNamed: victimsNamed,
  plan: ({ rng, options, context }) => {
    const kinds = parseWords('kinds', options.kinds, LIE_KINDS)
    const victims = drawVictims(
      rng.fork('traitors'),
      parseVictims(options.victims, context),
      context,
      'byzantine',
    )
    const traitors = options.traitors === 0 ? toleratedBy(context) : options.traitors
    if (!Number.isInteger(traitors) || traitors < 1 || traitors >= context.nodes.length)
      throw new UserError(
        `byzantine: traitors=${options.traitors} must be a whole number from 1 to ${context.nodes.length - 1}: somebody has to be honest.`,
      )
    const lies = rng.fork('lies').shuffle(liesOf(context, kinds, traitors))
    const groups = Array.from({ length: context.clientGroups }, (_, group) => `clients-${group}`)
    return (draw, ordinal) => ({
      ...victims,
      traitors,
      lies: Object.fromEntries(
        drawLies(draw.fork('lies'), lies, ordinal).map(({ lie, kind }) => [lie, kind]),
      ),
      audience: draw.fork('audience').shuffle([...context.nodes, ...groups]),
      colludes: kinds.includes('collusion'),
      delayMs: options.delay,
      seed: draw.fork('seed').int(SEEDS),
    })
  },
  inject: async (context, intent, { id }) => {
    const nodes = await resolveTraitors(context, intent)
    return { victims: nodes, ...(await liesInForce(context, nodes, { ...intent, id })) }
  },
})
