/** In words: why one version comes before another. */
import type { Scalar } from '../../harness/vocabularies/values.ts'
import { type EdgeList, type Graph, type Kinds, WW_KINDS } from './graph.ts'
import { Paths } from './paths.ts'
import type { Register, VersionOrder } from './version-order.ts'

/** A register, and the words for its parts. */
export interface Worded {
  readonly register: Register & { readonly versions: readonly (Scalar | null)[] }
  readonly key: Scalar
  /** Such as T1; a transaction that was not named yet gets the next name. */
  nameOf(row: number): string
}

const NOBODY = -1

const inSession = (kind: Kinds): boolean => (WW_KINDS[1] as readonly Kinds[]).includes(kind)

/** A reason for the pair at this place. */
const reasonOf = (pairs: EdgeList, at: number, { register, key, nameOf }: Worded): string => {
  const [from, to] = [pairs.from[at] as number, pairs.to[at] as number]
  const [earlier, later] = [pairs.before(at), pairs.after(at)]
  const value = (version: number): string => JSON.stringify(register.versions[version])
  if (earlier === NOBODY) return `${key} was not written at first`
  const first = nameOf(earlier)
  if (earlier === later) return `${first} read ${value(from)} and then wrote ${value(to)}`
  const second = nameOf(later)
  const did = (row: number, version: number): string =>
    `${register.writers[version] === row ? 'wrote' : 'read'} ${value(version)}`
  const where = inSession(pairs.kind[at] as Kinds) ? ' in the same process' : ''
  return `${first}, which ${did(earlier, from)}, was over before ${second}, which ${did(later, to)}, began${where}`
}

/** Why `before` comes before `after`, by a pair of one of these kinds; null where that is plain. */
export const whyBefore = (
  { pairs }: VersionOrder,
  { before, after, kinds }: { readonly before: number; readonly after: number; readonly kinds: Kinds },
  words: Worded,
): string | null => {
  for (let at = 0; at < pairs.length; at++) {
    if (pairs.from[at] !== before || pairs.to[at] !== after) continue
    if (((pairs.kind[at] as Kinds) & kinds) === 0) continue
    return pairs.before(at) === NOBODY ? null : reasonOf(pairs, at, words)
  }
  return null
}

/** A shortest cycle of versions among these, one sentence a step. */
export const explainCyclicVersions = (
  order: Graph,
  kinds: Kinds,
  cyclic: Int32Array,
  words: Worded,
): string => {
  const { list } = order
  const among = new Set(cyclic)
  const paths = new Paths(order)
  let best: readonly number[] = []
  for (let at = 0; at < list.length && best.length !== 2; at++) {
    const [from, to] = [list.from[at] as number, list.to[at] as number]
    if (((list.kind[at] as Kinds) & kinds) === 0 || !among.has(from) || !among.has(to)) continue
    const back = paths.find(to, from, kinds, (version) => among.has(version))
    if (back !== null && (best.length === 0 || back.length + 1 < best.length)) best = [at, ...back]
  }
  const value = (version: number): string => JSON.stringify(words.register.versions[version])
  const steps = best.map(
    (at) =>
      `${value(list.from[at] as number)} comes before ${value(list.to[at] as number)} in ${words.key}, because ${reasonOf(list, at, words)}`,
  )
  return [...steps.slice(0, -1), `However, ${steps.at(-1)}: a contradiction`]
    .map((step) => `${step}.`)
    .join('\n')
}
