/** The oracle of checkers that decide by positions: whether any order of the calls explains their answers. */

import type { Step } from '../../harness/testing/steps.ts'
import type { Operation } from '../porcupine-ts/model.ts'
import { bruteForce } from '../porcupine-ts/testing/brute-force.ts'
import { random } from '../porcupine-ts/testing/random.ts'

export interface Asked {
  readonly f: string
  readonly value: unknown
}

/** An object by its states. @template S a state, which is never changed */
export interface SequentialObject<S> {
  readonly initial: S
  /** The state after a call, if it may have this answer; undefined: it may not. Undefined as answer: nobody knows it. */
  after(state: S, call: Asked, ok: unknown): S | undefined
}

const operationsOf = (steps: readonly Step[]): readonly Operation<Asked, unknown>[] => {
  const open = new Map<number, { readonly input: Asked; readonly call: number }>()
  const done: Operation<Asked, unknown>[] = []
  for (const [at, [process, type, f, value]] of steps.entries()) {
    const begun = open.get(process as number)
    if (type === 'invoke') open.set(process as number, { input: { f, value }, call: at })
    else if (begun !== undefined) {
      open.delete(process as number)
      if (type === 'ok') done.push({ ...begun, output: value, return: at } as Operation<Asked, unknown>)
      if (type === 'info')
        done.push({ ...begun, output: undefined, return: Number.POSITIVE_INFINITY } as Operation<
          Asked,
          unknown
        >)
    }
  }
  for (const begun of open.values())
    done.push({ ...begun, output: undefined, return: Number.POSITIVE_INFINITY } as Operation<Asked, unknown>)
  return done
}

/** Whether an order that respects real time explains all answers. For at most 8 calls. */
export const isExplained = <S>({ initial, after }: SequentialObject<S>, steps: readonly Step[]): boolean =>
  bruteForce({ name: 'oracle', init: () => initial, step: after } as never, operationsOf(steps) as never)

/** Draws from a seed. */
export interface Draw {
  /** Below `most`. */
  int(most: number): number
}

export const drawFrom = (seed: number): Draw => {
  const next = random(seed)
  return { int: (most) => Math.floor(next() * most) }
}

/** A call with the answers that it may get, right and wrong. */
export interface Drawn {
  readonly call: Asked
  readonly ok: unknown
}

/** Calls of three processes that overlap, each with an answer that was drawn. Some fail, and some are never answered. */
export const overlapping = (draw: Draw, calls: readonly Drawn[]): readonly Step[] => {
  const steps: Step[] = []
  const open: (Drawn | undefined)[] = [undefined, undefined, undefined]
  const names = [0, 1, 2]
  let next = 3
  const left = [...calls]
  while (left.length > 0 || open.some((each) => each !== undefined)) {
    const slot = draw.int(open.length)
    const begun = open[slot]
    const process = names[slot] as number
    if (begun === undefined) {
      const drawn = left.shift()
      if (drawn === undefined) continue
      open[slot] = drawn
      steps.push([process, 'invoke', drawn.call.f, drawn.call.value])
      continue
    }
    open[slot] = undefined
    const end = draw.int(8)
    if (end === 0) steps.push([process, 'fail', begun.call.f])
    else if (end === 1) {
      steps.push([process, 'info', begun.call.f])
      names[slot] = next++
    } else steps.push([process, 'ok', begun.call.f, begun.ok])
  }
  return steps
}
