/** The victims of a fault: given as words, resolved when the fault is injected. */
import { z } from 'zod'
import type { FaultModel } from '../../harness/api/claims.ts'
import type { ClusterNode } from '../../harness/api/environment.ts'
import type { NemesisContext, PlanContext } from '../../harness/api/nemesis.ts'
import type { Rng } from '../../harness/api/random.ts'
import { UserError } from '../../harness/support/assert.ts'
import { mostTolerated } from '../../harness/support/tolerance.ts'
import type { Aim } from './schedule.ts'

const VICTIM_WORDS = ['one', 'leader', 'minority', 'majority', 'followers', 'all'] as const

/** The part of an intent that names the victims. */
export const VICTIM_FIELDS = {
  /** A word or the name of a node. */
  victims: z.string(),
  /** The seeded order in which nodes are chosen, so that resolving needs no random numbers. */
  order: z.array(z.string()).min(1).readonly(),
}
const victimFields = z.object(VICTIM_FIELDS)
export type VictimIntent = Readonly<z.infer<typeof victimFields>>

export const victimsNamed = ({ victims, order }: VictimIntent): readonly string[] =>
  isVictimWord(victims) ? order : [...order, victims]

/** The size of the largest minority, but at least one. */
const minorityOf = (count: number): number => Math.max(1, Math.floor((count - 1) / 2))

/** @param what the role of the nodes, for the description */
export const victimsOption = (byDefault: string, what = 'nodes that are hit') =>
  ({
    type: 'string',
    default: byDefault,
    description: `${what}: words (${VICTIM_WORDS.join(', ')}) or node names, joined by +`,
  }) as const

const isVictimWord = (word: string): boolean => VICTIM_WORDS.some((known) => known === word)

/**
 * Parses words or names of nodes.
 *
 * @throws UserError if a part is neither.
 */
export const parseVictims = (text: string, { nodes }: PlanContext): readonly string[] => {
  const words = text.split('+')
  const stranger = words.find((word) => !isVictimWord(word) && !nodes.includes(word))
  if (stranger !== undefined)
    throw new UserError(
      `victims=${stranger} is neither one of ${VICTIM_WORDS.join(', ')} nor a node (${nodes.join(', ')}).`,
    )
  return words
}

/** The most nodes a word can mean. */
const sizeOf = (word: string, nodes: number): number => {
  if (word === 'all') return nodes
  if (word === 'followers') return nodes - 1
  if (word === 'majority') return Math.floor(nodes / 2) + 1
  return word === 'minority' ? minorityOf(nodes) : 1
}

/** The words that mean what a fault is aimed at, if that is among them. */
export const aimedAt = (words: readonly string[], aim: Aim): readonly string[] => {
  const word = { any: null, leader: 'leader', 'leaders-in-turn': 'leader', all: 'all', 'slow-all': 'all' }[
    aim
  ]
  return word !== null && words.includes(word) ? [word] : words
}

/** The words that hit no more nodes than the claims tolerate for that model. */
const allowedOf = (words: readonly string[], { nodes, tolerates }: PlanContext, model: FaultModel) => {
  const tolerated = tolerates[model]
  const count = nodes.length
  const most =
    tolerated === undefined
      ? count
      : tolerated === 'minority'
        ? minorityOf(count)
        : mostTolerated(tolerated, count)
  return words.filter((word) => sizeOf(word, count) <= most)
}

/** Whether the claims tolerate a fault of that model at these nodes, too. */
export const isTolerated = (victims: string, context: PlanContext, model: FaultModel): boolean =>
  context.tolerates[model] !== undefined && allowedOf([victims], context, model).length > 0

/** Draws the victims from the words, within what the claims tolerate for that model. */
export const drawVictims = (
  rng: Rng,
  words: readonly string[],
  context: PlanContext,
  model: FaultModel,
): VictimIntent => {
  const allowed = allowedOf(words, context, model)
  return { victims: allowed.length === 0 ? 'one' : rng.pick(allowed), order: rng.shuffle(context.nodes) }
}

/** Share of the power losses that hit as many nodes as the claims tolerate. */
const OUTAGES = 0.6

/**
 * Draws the victims of a power loss. Power often fails for many nodes at once, and only then can something be lost that a
 * majority had, but did not fsync.
 */
export const drawOutage = (rng: Rng, words: readonly string[], context: PlanContext): VictimIntent => {
  const many = words.filter((word) => word === 'all' || word === 'majority')
  const isOutage = allowedOf(many, context, 'power-loss').length > 0 && rng.fork('outage').float() < OUTAGES
  return drawVictims(rng, isOutage ? many : words, context, 'power-loss')
}

/** Checks the option and returns a function that draws the victims of each fault. */
export const victimsFrom = (
  text: string,
  context: PlanContext,
): ((rng: Rng, model: FaultModel, aim: Aim) => VictimIntent) => {
  const words = parseVictims(text, context)
  return (rng, model, aim) => drawVictims(rng, aimedAt(words, aim), context, model)
}

/** The nodes that the intent means now. Without a leader, `leader` means the first node of the order. */
export const resolveVictims = async (
  context: NemesisContext,
  intent: VictimIntent,
): Promise<readonly ClusterNode[]> => {
  const nodes = intent.order.map(
    (name) => context.cluster.nodes.find((node) => node.name === name) as ClusterNode,
  )
  const first = nodes[0] as ClusterNode
  const count = nodes.length
  switch (intent.victims) {
    case 'one':
      return [first]
    case 'minority':
      return nodes.slice(0, minorityOf(count))
    case 'majority':
      return nodes.slice(0, Math.floor(count / 2) + 1)
    case 'all':
      return nodes
  }
  const leader = await context.leader()
  if (intent.victims === 'leader') return [nodes.find((node) => node.name === leader) ?? first]
  if (intent.victims === 'followers') return nodes.filter((node) => node.name !== leader)
  return nodes.filter((node) => node.name === intent.victims)
}
