/**
 * Changes of a few resources, each with a message. A thread reads the version of a resource and requests the next one. If the
 * outcome is unclear, it repeats the request under the same key. Several threads share a resource, so some requests come too
 * late and are refused.
 */
import { outbox as checker } from '../checkers/effects/effects.ts'
import type { OpGenerator, Thread } from '../harness/api/generator.ts'
import { any, phases } from '../harness/generators/combinators.ts'
import { defineWorkload } from '../harness/support/define.ts'
import { OUTBOX, type OutboxCall, type ResourceState } from '../harness/vocabularies/outbox.ts'
import { atEveryNode } from './keyed.ts'
import { standing } from './standing.ts'
import { audit } from './submissions.ts'

const MOST_ATTEMPTS = 5

/** What a thread does next. */
interface Doing {
  /** The version to request. Null: read first. */
  readonly version: number | null
  readonly update: number
  readonly attempts: number
}

const START: Doing = { version: null, update: 1, attempts: 0 }

const callOf = ({ version, update }: Doing, thread: Thread, resources: number): OutboxCall => {
  const resource = thread % resources
  return version === null
    ? { f: 'read', value: { resource } }
    : { f: 'update', value: { key: `${thread}-${update}`, resource, version } }
}

const after = (doing: Doing, f: string, isOk: boolean, value: unknown): Doing => {
  if (f === 'read')
    return isOk ? { ...doing, version: (value as ResourceState).version + 1, attempts: 0 } : doing
  const attempts = doing.attempts + 1
  return isOk || attempts === MOST_ATTEMPTS ? { ...START, update: doing.update + 1 } : { ...doing, attempts }
}

const changes = (
  resources: number,
  threads: ReadonlyMap<Thread, Doing> = new Map(),
): OpGenerator<OutboxCall> => {
  const self: OpGenerator<OutboxCall> = {
    next: (context) => {
      const thread = context.free[0]
      if (thread === undefined) return { type: 'pending', wakeNs: null, next: self }
      const call = callOf(threads.get(thread) ?? START, thread, resources)
      return { type: 'invoke', atNs: context.nowNs, thread, call, next: self }
    },
    update: (_context, { thread, operation }) => {
      if (operation.type === 'invoke') return self
      const { type, f, value } = operation
      const doing = after(threads.get(thread) ?? START, f, type === 'ok', value)
      return changes(resources, new Map(threads).set(thread, doing))
    },
  }
  return self
}

export const outbox = defineWorkload({
  name: 'outbox',
  description: 'changes, each with a message: is there exactly one message for each change, in order?',
  vocabulary: OUTBOX,
  options: {
    resources: { type: 'number', default: 4, description: 'number of resources that change' },
  },
  generator: (_rng, options) => changes(options.resources),
  finalGenerator: (_rng, options, context) =>
    phases(
      atEveryNode<OutboxCall>(
        Array.from({ length: options.resources }, (_, resource) => ({
          f: 'read',
          value: { resource },
        })),
        context,
      ),
      any<OutboxCall>(audit()),
    ),
  checkers: () => [checker, ...standing],
})
