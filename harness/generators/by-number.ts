/**
 * Values by small whole numbers, such as threads: immutable, and a change copies little of it. A copy of everything at each
 * operation would cost more the more threads there are.
 */

export interface ByNumber<T> {
  /** Undefined: there is none. */
  get(at: number): T | undefined
  /** The same with another value at that number. */
  with(at: number, value: T): ByNumber<T>
}

/** Of a thousand values, a change copies two lists of this length. */
const BLOCK = 32

type Blocks<T> = readonly (readonly (T | undefined)[] | undefined)[]

const madeOf = <T>(blocks: Blocks<T>): ByNumber<T> => ({
  get: (at) => blocks[Math.floor(at / BLOCK)]?.[at % BLOCK],
  with: (at, value) => {
    const which = Math.floor(at / BLOCK)
    const block = (blocks[which] ?? new Array<T | undefined>(BLOCK).fill(undefined)).with(at % BLOCK, value)
    const others = which < blocks.length ? blocks : [...blocks, ...new Array(which + 1 - blocks.length)]
    return madeOf(others.with(which, block))
  },
})

/** None at first. */
export const byNumber = <T>(): ByNumber<T> => madeOf<T>([])
