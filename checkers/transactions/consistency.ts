/**
 * From anomalies to consistency models: which are broken, and which are not refuted. The models are those of Adya (1999,
 * chapter 4: PL-1 to PL-3, PL-CS, PL-2+, PL-3U, PL-SI, PL-2.99), monotonic atomic view and read atomic (Bailis et al. 2013,
 * 2014; Cerone, Bernardi and Gotsman 2015), parallel snapshot isolation, which is PL-2+ (Crooks et al. 2017), and committed reads
 * (`IsolationLevel`). Most also for sessions and for real time (Kingsbury and Alvaro 2020, section 6.3).
 *
 * Not refuted does not mean proven: another history of the same cluster may refute the model.
 */
import type { IsolationLevel, IsolationModel, PromiseName } from '../../harness/api/claims.ts'
import { ISOLATION_LEVELS, type IsolationScope, isolationModel } from '../../harness/vocabularies/promises.ts'
import { type AnomalyName, CYCLES, type CycleName, SUFFIXES, type Suffix } from './anomalies.ts'

interface Level {
  readonly implies: readonly IsolationLevel[]
  /** What it forbids in addition to the levels that it implies. */
  readonly forbids: readonly AnomalyName[]
}

const LEVELS: Readonly<Record<IsolationLevel, Level>> = {
  'read-uncommitted': { implies: [], forbids: ['G0', 'duplicate-elements', 'garbage-read'] },
  'committed-reads': {
    implies: [],
    forbids: [
      'duplicate-elements',
      'garbage-read',
      'G1a',
      'G1b',
      'dirty-update',
      'incompatible-order',
      'future-read',
      'torn-transaction',
      'lost-append',
    ],
  },
  'read-committed': {
    implies: ['read-uncommitted', 'committed-reads'],
    forbids: ['G1c', 'cyclic-versions'],
  },
  'monotonic-atomic-view': { implies: ['read-committed'], forbids: ['OTV'] },
  'read-atomic': { implies: ['monotonic-atomic-view'], forbids: ['fractured-read', 'internal'] },
  'cursor-stability': { implies: ['read-committed'], forbids: ['lost-update'] },
  'consistent-view': { implies: ['cursor-stability', 'read-atomic'], forbids: ['G-single'] },
  'parallel-snapshot-isolation': { implies: ['consistent-view'], forbids: [] },
  'update-serializable': { implies: ['parallel-snapshot-isolation'], forbids: ['G-update'] },
  'repeatable-read': {
    implies: ['cursor-stability', 'read-atomic'],
    forbids: ['G-single', 'G-nonadjacent', 'G2-item'],
  },
  'snapshot-isolation': { implies: ['parallel-snapshot-isolation'], forbids: ['G-nonadjacent'] },
  serializable: { implies: ['update-serializable', 'repeatable-read', 'snapshot-isolation'], forbids: [] },
}

const SCOPES: Readonly<Record<Suffix, IsolationScope>> = {
  '': 'alone',
  '-process': 'session',
  '-realtime': 'real-time',
}

const modelOf = (level: IsolationLevel, suffix: Suffix): IsolationModel | null =>
  isolationModel(level, SCOPES[suffix])

interface Model {
  readonly name: IsolationModel
  readonly implies: readonly IsolationModel[]
  readonly forbids: readonly AnomalyName[]
}

/** The models of this suffix that a level implies, past those that have no such variant. */
const impliedBy = (level: IsolationLevel, suffix: Suffix): readonly IsolationModel[] =>
  LEVELS[level].implies.flatMap((weaker) => modelOf(weaker, suffix) ?? impliedBy(weaker, suffix))

/** Only cycles depend on process order and real time. */
const isCycle = (anomaly: AnomalyName): anomaly is CycleName => CYCLES.some((cycle) => cycle === anomaly)

/** Each model comes after all models that it implies. */
const MODELS: readonly Model[] = SUFFIXES.flatMap((suffix, strength) =>
  ISOLATION_LEVELS.flatMap((level) => {
    const name = modelOf(level, suffix)
    if (name === null) return []
    const weaker = strength === 0 ? null : modelOf(level, SUFFIXES[strength - 1] as Suffix)
    return {
      name,
      implies: [...impliedBy(level, suffix), ...(weaker === null ? [] : [weaker])],
      forbids: LEVELS[level].forbids.flatMap((anomaly): readonly AnomalyName[] => {
        if (suffix === '') return [anomaly]
        return isCycle(anomaly) ? [`${anomaly}${suffix}`] : []
      }),
    }
  }),
)

/** Every model that these anomalies break: the model, or one that it implies, forbids one of them. */
export const modelsBrokenBy = (anomalies: Iterable<AnomalyName>): ReadonlySet<IsolationModel> => {
  const found = new Set(anomalies)
  const broken = new Set<IsolationModel>()
  for (const { name, implies, forbids } of MODELS)
    if (forbids.some((anomaly) => found.has(anomaly)) || implies.some((weaker) => broken.has(weaker)))
      broken.add(name)
  return broken
}

/** Whether the anomaly breaks a model that those found so far do not break. */
export const isWorse = (found: Iterable<AnomalyName>, anomaly: AnomalyName): boolean => {
  const broken = modelsBrokenBy(found)
  return [...modelsBrokenBy([anomaly])].some((model) => !broken.has(model))
}

/** Whether a promise, or one that it implies, forbids the anomaly. */
export const forbids = (promise: PromiseName, anomaly: AnomalyName): boolean =>
  [...modelsBrokenBy([anomaly])].some((model) => model === promise)

/** The models of the set that imply no other model of the set. */
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
