/**
 * From anomalies to consistency models: which are broken, and which are not refuted. The models are those of Adya (1999,
 * chapter 4: PL-1 to PL-3, PL-CS, PL-2+, PL-SI, PL-2.99), each also for sessions and for real time (Bailis et al. 2014;
 * Kingsbury and Alvaro 2020, section 6.3).
 *
 * Not refuted is no proof: another history of the same cluster might.
 */
import type { IsolationLevel, IsolationModel, PromiseName } from '../../harness/api/claims.ts'
import { ISOLATION_LEVELS, type IsolationScope, isolationModel } from '../../harness/vocabularies/promises.ts'
import { type AnomalyName, SUFFIXES, type Suffix } from './anomalies.ts'

interface Level {
  readonly implies: readonly IsolationLevel[]
  /** What it forbids beyond what the levels it implies forbid. */
  readonly forbids: readonly AnomalyName[]
}

const LEVELS: Readonly<Record<IsolationLevel, Level>> = {
  'read-uncommitted': { implies: [], forbids: ['G0', 'duplicate-elements', 'garbage-read'] },
  'read-committed': {
    implies: ['read-uncommitted'],
    forbids: ['G1a', 'G1b', 'G1c', 'dirty-update', 'incompatible-order', 'cyclic-versions', 'future-read'],
  },
  'cursor-stability': { implies: ['read-committed'], forbids: ['lost-update'] },
  'consistent-view': { implies: ['cursor-stability'], forbids: ['G-single', 'internal'] },
  'repeatable-read': {
    implies: ['cursor-stability'],
    forbids: ['G-single', 'G-nonadjacent', 'G2-item', 'internal'],
  },
  'snapshot-isolation': { implies: ['consistent-view'], forbids: ['G-nonadjacent'] },
  serializable: { implies: ['repeatable-read', 'snapshot-isolation'], forbids: [] },
}

const SCOPES: Readonly<Record<Suffix, IsolationScope>> = {
  '': 'alone',
  '-process': 'session',
  '-realtime': 'real-time',
}

const modelOf = (level: IsolationLevel, suffix: Suffix): IsolationModel =>
  isolationModel(level, SCOPES[suffix])

interface Model {
  readonly name: IsolationModel
  readonly implies: readonly IsolationModel[]
  readonly forbids: readonly AnomalyName[]
}

/** Each after all that it implies. */
const MODELS: readonly Model[] = SUFFIXES.flatMap((suffix, strength) =>
  ISOLATION_LEVELS.map((level) => {
    const { implies, forbids } = LEVELS[level]
    const weaker = strength === 0 ? [] : [modelOf(level, SUFFIXES[strength - 1] as Suffix)]
    return {
      name: modelOf(level, suffix),
      implies: [...implies.map((each) => modelOf(each, suffix)), ...weaker],
      // Only cycles know processes and real time.
      forbids: forbids
        .filter((anomaly) => suffix === '' || /^G(0|1c|2|-)/.test(anomaly))
        .map((anomaly) => `${anomaly}${suffix}` as AnomalyName),
    }
  }),
)

/** Every model that these anomalies break: itself, or one it implies, forbids one of them. */
export const modelsBrokenBy = (anomalies: Iterable<AnomalyName>): ReadonlySet<IsolationModel> => {
  const found = new Set(anomalies)
  const broken = new Set<IsolationModel>()
  for (const { name, implies, forbids } of MODELS)
    if (forbids.some((anomaly) => found.has(anomaly)) || implies.some((weaker) => broken.has(weaker)))
      broken.add(name)
  return broken
}

/** Whether a promise, or one that it implies, forbids the anomaly. */
export const forbids = (promise: PromiseName, anomaly: AnomalyName): boolean =>
  [...modelsBrokenBy([anomaly])].some((model) => model === promise)

/** Those of the set that imply, or are implied by, none other of it. */
const weakestOf = (names: ReadonlySet<IsolationModel>): readonly IsolationModel[] =>
  MODELS.filter(({ name, implies }) => names.has(name) && !implies.some((weaker) => names.has(weaker))).map(
    ({ name }) => name,
  )

const strongestOf = (names: ReadonlySet<IsolationModel>): readonly IsolationModel[] =>
  MODELS.filter(
    ({ name }) =>
      names.has(name) && !MODELS.some((other) => names.has(other.name) && other.implies.includes(name)),
  ).map(({ name }) => name)

const listed = (names: readonly string[]): string => names.map((name) => name.replaceAll('-', ' ')).join(', ')

/** Such as "breaks snapshot isolation and all above it; read committed is not refuted". */
export const inWords = (broken: ReadonlySet<IsolationModel>): string => {
  if (broken.size === 0) return 'nothing up to strict serializable is refuted'
  const kept = new Set(MODELS.map(({ name }) => name).filter((name) => !broken.has(name)))
  const breaks = `breaks ${listed(weakestOf(broken))} and all above`
  return kept.size === 0 ? breaks : `${breaks}; ${listed(strongestOf(kept))} not refuted`
}
