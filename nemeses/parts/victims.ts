/** Whom a fault hits: asked for by words, resolved when the fault is injected. */
import type { FaultModel } from '../../harness/api/claims.ts'
import type { ClusterNode } from '../../harness/api/environment.ts'
import type { NemesisContext, PlanContext } from '../../harness/api/nemesis.ts'
import type { Options } from '../../harness/api/options.ts'
import type { Rng } from '../../harness/api/random.ts'
import { UserError } from '../../harness/support/assert.ts'

export const VICTIM_WORDS = ['one', 'leader', 'minority', 'majority', 'followers', 'all'] as const
export type VictimWord = (typeof VICTIM_WORDS)[number]

export interface VictimIntent {
  /** A word, or a node's name. */
  readonly victims: string
  /** The seeded order in which nodes are taken, so that resolving draws nothing. */
  readonly order: readonly string[]
}

const minorityOf = (count: number): number => Math.max(1, Math.floor((count - 1) / 2))

/** Words of an option, joined by `+`; each fault takes one of them by the seed. */
export const parseWords = <T extends string>(
  option: string,
  text: string,
  known: readonly T[],
): readonly T[] =>
  text.split('+').map((word) => {
    const found = known.find((candidate) => candidate === word)
    if (found === undefined) throw new UserError(`${option}=${word} is none of ${known.join(', ')}.`)
    return found
  })

/** Words or names of nodes. */
export const parseVictims = (options: Options, context: PlanContext): readonly string[] => {
  const words = String(options.victims).split('+')
  for (const word of words) {
    if (VICTIM_WORDS.some((known) => known === word) || context.nodes.includes(word)) continue
    throw new UserError(
      `victims=${word} is neither one of ${VICTIM_WORDS.join(', ')} nor a node (${context.nodes.join(', ')}).`,
    )
  }
  return words
}

/** The most nodes a word can mean. */
const sizeOf = (word: string, nodes: number): number => {
  if (word === 'all') return nodes
  if (word === 'followers') return nodes - 1
  if (word === 'majority') return Math.floor(nodes / 2) + 1
  return word === 'minority' ? minorityOf(nodes) : 1
}

/** Draws whom to hit, keeping within what the claims tolerate where `fault` is limited. */
export const drawVictims = (
  rng: Rng,
  words: readonly string[],
  context: PlanContext,
  fault: FaultModel,
): VictimIntent => {
  const tolerated = context.tolerates[fault]
  const count = context.nodes.length
  const most =
    tolerated === 'any' || tolerated === undefined
      ? count
      : tolerated === 'minority'
        ? minorityOf(count)
        : tolerated
  const allowed = words.filter((word) => sizeOf(word, count) <= most)
  return { victims: allowed.length === 0 ? 'one' : rng.pick(allowed), order: rng.shuffle(context.nodes) }
}

/** The nodes meant, now. With no leader, `leader` falls to the first of the order. */
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
