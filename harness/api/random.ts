/** The contract of a seeded source of randomness. */

/** A seeded source of randomness. `fork` is a pure function of the seed and the labels: no draw affects another. */
export interface Rng {
  fork(...labels: readonly (string | number)[]): Rng
  /** Uniform in [0, 1). */
  float(): number
  /** Uniform integer in [0, bound). */
  int(bound: number): number
  pick<T>(from: readonly T[]): T
  shuffle<T>(from: readonly T[]): T[]
}
