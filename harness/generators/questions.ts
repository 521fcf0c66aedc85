/** Questions: after an acknowledged change, every node is asked at once what it knows about it. */
import type { GeneratorContext, GeneratorEvent, OpGenerator, Step, Thread } from '../api/generator.ts'
import type { Call, Operation } from '../api/history.ts'

export interface Questions<C extends Call> {
  /** The share of the acknowledged changes that are followed by a question, 0 to 1. */
  readonly share: number
  /** Thread t talks to node t modulo this number. */
  readonly nodes: number
  /** The question that an acknowledged operation raises; null: none. */
  about(acknowledged: Operation): C | null
}

/** A later answer would not tell more than the operations in between do. */
const WITHIN_NS = 0.3e9

interface Open<C extends Call> {
  readonly call: C
  readonly untilNs: number
  /** Those that were not asked yet. */
  readonly nodes: readonly number[]
}

/** The question that an event opens; null: none. */
const openedBy = <C extends Call>(
  { share, nodes, about }: Questions<C>,
  context: GeneratorContext,
  { thread, operation }: GeneratorEvent,
): Open<C> | null => {
  const call = operation.type === 'ok' ? about(operation) : null
  if (call === null || context.draw(thread).fork('question').float() >= share) return null
  const all = Array.from({ length: nodes }, (_, node) => node)
  return { call, untilNs: context.nowNs + WITHIN_NS, nodes: all }
}

/** Between the operations of `inner`, some questions. A new one takes the place of one that is still open. */
export const thenAsk = <C extends Call>(
  questions: Questions<C>,
  inner: OpGenerator<C>,
  open: Open<C> | null = null,
): OpGenerator<C> => {
  const nodeOf = (thread: Thread): number => thread % questions.nodes
  const ask = ({ free, nowNs }: GeneratorContext): Step<C> | null => {
    if (open === null || open.nodes.length === 0 || nowNs >= open.untilNs) return null
    const thread = free.find((each) => open.nodes.includes(nodeOf(each)))
    if (thread === undefined) return null
    const left = { ...open, nodes: open.nodes.filter((node) => node !== nodeOf(thread)) }
    return { type: 'invoke', atNs: nowNs, thread, call: open.call, next: thenAsk(questions, inner, left) }
  }
  const self: OpGenerator<C> = {
    next: (context) => {
      const asked = ask(context)
      if (asked !== null) return asked
      const step = inner.next(context)
      return step.type === 'done' ? step : { ...step, next: thenAsk(questions, step.next, open) }
    },
    update: (context, event) => {
      const next = inner.update(context, event)
      const opened = openedBy(questions, context, event)
      return next === inner && opened === null ? self : thenAsk(questions, next, opened ?? open)
    },
  }
  return self
}
