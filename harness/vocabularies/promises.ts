/** The promises that vocabularies can make, strongest first. */
import type { Delivery, IsolationLevel, IsolationModel, PlainLevel } from '../api/claims.ts'

/** Promises about single objects. */
export const OF_OBJECTS = ['linearizable', 'consistent-prefix'] as const

/** Promises about effects in the outside world. */
export const OF_EFFECTS = [
  'exactly-once',
  'at-least-once',
  'at-most-once',
] as const satisfies readonly Delivery[]

/** Each level comes after all levels that it implies. They are no chain: see `checkers/transactions/consistency.ts`. */
export const ISOLATION_LEVELS: readonly IsolationLevel[] = [
  'read-uncommitted',
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

const PLAIN: readonly PlainLevel[] = ['monotonic-atomic-view', 'read-atomic', 'update-serializable']

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
