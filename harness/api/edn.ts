/** Values of EDN (extensible data notation), which Jepsen's histories are written in. */

/** A keyword or a symbol: `:ok` has the name `ok`. Equal keywords are the same object. */
export interface EdnKeyword {
  readonly keyword: string
}

/** Integers beyond 2^53 are bigints; lists and vectors are arrays; tags are dropped. */
export type Edn =
  | null
  | boolean
  | number
  | bigint
  | string
  | EdnKeyword
  | readonly Edn[]
  | ReadonlyMap<Edn, Edn>
  | ReadonlySet<Edn>
