/** Queues, stacks and pools: each value that is put in comes out once, in the order of the container. */
import type { Model, NondeterministicModel } from '../model.ts'
import { checkPriorityQueue } from '../specialised/priority-queue.ts'
import { checkPool, checkQueue } from '../specialised/queue.ts'
import { checkStack } from '../specialised/stack.ts'
import type { QueueInput, QueueOutput, Scalar } from './calls.ts'
import { foreseeFifo } from './fifo-foresight.ts'
import { equalSequences, hashSequence, insertSorted, inWords, partitionOf } from './sequence.ts'
import { decideBy } from './value-log.ts'

export type { QueueInput, QueueOutput } from './calls.ts'

const takenIn = (output: QueueOutput | undefined, none: string): string =>
  output === undefined ? '?' : output.taken === null ? none : inWords(output.taken)

/** Kinds of rows. */
const PUT = 0
const TAKE = 1

const packing: NonNullable<Model<readonly Scalar[], QueueInput, QueueOutput>['packing']> = {
  pack: ({ key, ...input }, output) =>
    input.f === 'put'
      ? { kind: PUT, key, value: input.value, second: null }
      : { kind: TAKE, key, value: output?.taken ?? null, second: null },
  unpack: ({ kind, key, value }) =>
    kind === PUT
      ? { input: { f: 'put', key, value: value as Scalar }, output: { taken: null } }
      : { input: { f: 'take', key }, output: { taken: value } },
}

const common = {
  packing,
  init: (): readonly Scalar[] => [],
  equal: equalSequences,
  hash: hashSequence,
  classify: (input: QueueInput, output: QueueOutput | undefined) =>
    input.f === 'put' ? `p${inWords(input.value)}` : `t${takenIn(output, 'nothing')}`,
  partition: ({ key }: QueueInput) => partitionOf(key),
  describe: (input: QueueInput, output: QueueOutput | undefined) =>
    input.f === 'put'
      ? `put ${inWords(input.value)}${output === undefined ? ' ?' : ''}`
      : `take -> ${takenIn(output, 'empty')}`,
  describeState: (state: readonly Scalar[]) => `[${state.map(inWords).join(', ')}]`,
}

/** A container whose next element is the one at `end`: the first or the last. */
const ordered = (
  name: string,
  end: 0 | -1,
  put: (state: readonly Scalar[], value: Scalar) => readonly Scalar[],
): Model<readonly Scalar[], QueueInput, QueueOutput> => ({
  ...common,
  name,
  step: (state, input, output) => {
    if (input.f === 'put') return put(state, input.value)
    const next = state.at(end) ?? null
    if (output !== undefined && output.taken !== next) return undefined
    if (next === null) return state
    return end === 0 ? state.slice(1) : state.slice(0, -1)
  },
  readOnly: (input, output) => input.f === 'take' && output !== undefined && output.taken === null,
})

const append = (state: readonly Scalar[], value: Scalar): readonly Scalar[] => [...state, value]

/** First in, first out. */
export const fifoQueue: Model<readonly Scalar[], QueueInput, QueueOutput> = {
  ...ordered('fifo-queue', 0, append),
  specialised: decideBy(checkQueue),
  foresee: foreseeFifo,
}

/** Last in, first out. */
export const stack: Model<readonly Scalar[], QueueInput, QueueOutput> = {
  ...ordered('stack', -1, append),
  specialised: decideBy(checkStack),
}

/** Smallest first. */
export const priorityQueue: Model<readonly Scalar[], QueueInput, QueueOutput> = {
  ...ordered('priority-queue', 0, insertSorted),
  specialised: decideBy(checkPriorityQueue),
}

const without = (state: readonly Scalar[], value: Scalar): readonly Scalar[] | undefined => {
  const at = state.indexOf(value)
  return at === -1 ? undefined : state.toSpliced(at, 1)
}

/** A pool: any element may come out. A take that never returned may have taken any of them: several next states. */
export const multisetQueue: NondeterministicModel<readonly Scalar[], QueueInput, QueueOutput> = {
  ...common,
  name: 'multiset-queue',
  steps: (state, input, output) => {
    if (input.f === 'put') return [insertSorted(state, input.value)]
    if (output === undefined) {
      const left = [...new Set(state)].map((value) => without(state, value) as readonly Scalar[])
      return left.length === 0 ? [state] : left
    }
    if (output.taken === null) return state.length === 0 ? [state] : []
    const after = without(state, output.taken)
    return after === undefined ? [] : [after]
  },
  specialised: decideBy(checkPool),
}
