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
import type { ClusterNode } from '../harness/api/environment.ts'
import type { ActiveFault, Effect, Nemesis, NemesisContext, PlannedFault } from '../harness/api/nemesis.ts'
import type { MemberChange } from '../harness/api/target.ts'
import { wipeData } from '../harness/faults/data-dir.ts'
import { messageOf } from '../harness/support/assert.ts'
import { waitUntil } from '../harness/support/wait.ts'
import { activeFault } from './parts/active-fault.ts'
import { planSequence, scheduleOptions, takeTurn } from './parts/schedule.ts'
import { drawVictims, parseVictims, parseWords, resolveVictims, type VictimIntent } from './parts/victims.ts'

const MODES = ['remove', 'replace'] as const

interface MembershipIntent extends VictimIntent {
  readonly mode: (typeof MODES)[number]
  /** No change leaves fewer members. */
  readonly least: number
}

const STEP_TIMEOUT_MS = 5000
const BACK_TIMEOUT_MS = 10_000
const POLL_MS = 50

/** What the cluster said, in order. */
interface Story {
  readonly lists: (readonly string[])[]
  readonly done: string[]
  readonly refused: Set<string>
}

const membersNow = async (context: NemesisContext): Promise<readonly string[] | null> => {
  const leader = await context.leader()
  return leader === null ? null : ((await context.status(leader))?.members ?? null)
}

const isDone = (members: readonly string[], change: MemberChange): boolean =>
  members.includes(change.member) === (change.kind === 'add')

/** Asks until the cluster's list is as wanted; false where that does not come about in time. */
const makeChange = async (
  context: NemesisContext,
  change: MemberChange,
  story: Story,
  timeoutMs: number,
): Promise<boolean> => {
  const attempt = async (): Promise<boolean> => {
    const members = await membersNow(context)
    if (members === null) return false
    if (isDone(members, change)) {
      story.lists.push(members)
      story.done.push(`${change.kind} ${change.member}`)
      return true
    }
    await context.changeMembers?.(change).catch((error: unknown) => story.refused.add(messageOf(error)))
    return false
  }
  return waitUntil(attempt, timeoutMs, POLL_MS, context.signal)
}

const shrink = async (
  context: NemesisContext,
  node: ClusterNode,
  intent: MembershipIntent,
  story: Story,
): Promise<boolean> => {
  const before = await membersNow(context)
  if (before === null || before.length - 1 < intent.least || !before.includes(node.name)) return false
  if (story.lists.length === 0) story.lists.push(before)
  if (!(await makeChange(context, { kind: 'remove', member: node.name }, story, STEP_TIMEOUT_MS)))
    return false
  await node.kill(context.signal)
  if (intent.mode === 'replace') {
    await node.disk?.losePower('all', 0)
    wipeData(node.hostDataDir)
  }
  return true
}

/** Started first: whoever is added must be there to be counted on. */
const grow = async (
  context: NemesisContext,
  node: ClusterNode,
  story: Story,
  timeoutMs: number,
): Promise<boolean> => {
  await node.start(context.signal)
  return makeChange(context, { kind: 'add', member: node.name }, story, timeoutMs)
}

const SETTLE_TIMEOUT_MS = 15_000
const SETTLE_POLL_MS = 200
/** Longer than an election takes: so often in a row all are members. */
const SETTLED_AFTER = 10

/**
 * A removal that was given up on may have come about later: whoever is missing is added, until all have been members for
 * a while.
 */
const settle = async (context: NemesisContext): Promise<void> => {
  const story: Story = { lists: [], done: [], refused: new Set() }
  let inARow = 0
  const isSettled = async (): Promise<boolean> => {
    const members = await membersNow(context)
    const missing = context.cluster.nodes.filter(({ name }) => members?.includes(name) !== true)
    inARow = members !== null && missing.length === 0 ? inARow + 1 : 0
    for (const { name } of members === null ? [] : missing)
      await makeChange(context, { kind: 'add', member: name }, story, STEP_TIMEOUT_MS)
    return inARow >= SETTLED_AFTER
  }
  await waitUntil(isSettled, SETTLE_TIMEOUT_MS, SETTLE_POLL_MS, context.signal)
}

const effectOf = ({ lists, done, refused }: Story): Effect => {
  const refusals = refused.size === 0 ? '' : `; refused meanwhile: ${[...refused].join(', ')}`
  return {
    effective: done.length > 0,
    summary:
      done.length === 0
        ? `no member was changed${refusals}`
        : `${done.join(', ')}; members ${lists.map((list) => list.toSorted().join(' ')).join(' | ')}${refusals}`,
    measurements: { changes: done.length, refused: refused.size },
  }
}

const inject = async (context: NemesisContext, fault: PlannedFault): Promise<ActiveFault> => {
  const intent = fault.intent as unknown as MembershipIntent
  const nodes = await resolveVictims(context, intent)
  const story: Story = { lists: [], done: [], refused: new Set() }
  for (const node of nodes) {
    const isGone = await shrink(context, node, intent, story)
    if (isGone && intent.mode === 'replace') await grow(context, node, story, STEP_TIMEOUT_MS)
  }
  const measure = async (): Promise<Effect> => effectOf(story)
  const heal = async (): Promise<Effect> => {
    // Of all, also of those whose removal was not seen to come about.
    for (const node of nodes) {
      if ((await membersNow(context))?.includes(node.name) !== true)
        await grow(context, node, story, BACK_TIMEOUT_MS)
    }
    return effectOf(story)
  }
  const victims = nodes.map(({ name }) => name)
  return activeFault(fault.id, victims, measure, heal)
}

export const membership: Nemesis = {
  name: 'membership',
  description: "removes members, adds them again, replaces them, through the target's own API",
  needs: ['kill'],
  needsOfTarget: (target) =>
    target.changeMembers === undefined ? `${target.name} has no way to change its members` : null,
  options: {
    ...scheduleOptions(5000, 1500),
    modes: {
      type: 'string',
      default: MODES.join('+'),
      description: `how: ${MODES.join(', ')}, joined by +`,
    },
    least: {
      type: 'number',
      default: 0,
      description: 'members that always stay; 0: a majority of all nodes',
    },
    victims: {
      type: 'string',
      default: 'leader+one+minority',
      description: 'whom: words or node names joined by +',
    },
  },
  plan: (rng, options, context) => {
    const modes = parseWords('modes', String(options.modes), MODES)
    const words = parseVictims(options, context)
    const majority = Math.floor(context.nodes.length / 2) + 1
    return planSequence('membership', 'membership', rng, options, context, (draw, ordinal) => ({
      mode: takeTurn(rng.fork('modes'), modes, ordinal),
      ...drawVictims(draw, words, context, 'membership'),
      least: options.least === 0 ? majority : (options.least as number),
    }))
  },
  inject,
  settle,
}
