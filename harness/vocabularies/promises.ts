/** The promises that vocabularies can make, strongest first. */
import type { Delivery, IsolationLevel, IsolationModel, PlainLevel } from '../api/claims.ts'

/** Of objects whose reads may show an older state. */
export const OF_OBJECTS = ['linearizable', 'consistent-prefix'] as const

/** Of objects whose reads may also show changes in any order, or only some of them, until all replicas agree. */
export const OF_REPLICAS = [...OF_OBJECTS, 'eventual'] as const

/** Of locks and leases. */
export const OF_LOCKS = ['linearizable', 'exclusive', 'fenced'] as const

/** About effects in the outside world, and about deliveries without an order. */
export const OF_EFFECTS = [
  'exactly-once',
  'at-least-once',
  'at-most-once',
] as const satisfies readonly Delivery[]

/** `consistent-prefix` says nothing about calls that change the object: where all of them do, it was no weaker promise. */
export const WITHOUT_READS = { 'consistent-prefix': 'linearizable' } as const

/** Each level comes after all levels that it implies. They are no chain: see `checkers/transactions/consistency.ts`. */
export const ISOLATION_LEVELS: readonly IsolationLevel[] = [
  'read-uncommitted',
  'committed-reads',
  'read-committed',
  'monotonic-atomic-view',
  'read-atomic',
  'cursor-stability',
  'consistent-view',
  'parallel-snapshot-isolation',
  'update-serializable',
  'repeatable-read',
  'snapshot-isolation',
  'serializable',
]

/** What the order of transactions must respect: nothing else, the order within each session, or real time. */
export type IsolationScope = 'alone' | 'session' | 'real-time'

const PREFIXES: Readonly<Record<IsolationScope, string>> = {
  alone: '',
  session: 'strong-session-',
  'real-time': 'strong-',
}

const PLAIN: readonly PlainLevel[] = [
  'committed-reads',
  'monotonic-atomic-view',
  'read-atomic',
  'update-serializable',
]

/** Null: the level has no variant of that scope. */
export const isolationModel = (level: IsolationLevel, scope: IsolationScope): IsolationModel | null => {
  if (scope !== 'alone' && PLAIN.some((plain) => plain === level)) return null
  if (scope === 'real-time' && level === 'serializable') return 'strict-serializable'
  return `${PREFIXES[scope]}${level}` as IsolationModel
}

const modelsIn = (scope: IsolationScope): readonly IsolationModel[] =>
  ISOLATION_LEVELS.flatMap((level) => isolationModel(level, scope) ?? []).toReversed()

/** Promises about transactions: each comes before all that it implies. */
export const OF_TRANSACTIONS: readonly [IsolationModel, ...IsolationModel[]] = [
  'strict-serializable',
  ...modelsIn('real-time').slice(1),
  ...modelsIn('session'),
  ...modelsIn('alone'),
]

export const isIsolationModel = (name: string): name is IsolationModel =>
  OF_TRANSACTIONS.some((model) => model === name)
