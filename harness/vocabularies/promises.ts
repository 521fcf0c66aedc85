/** The promises that vocabularies can make, strongest first. */
import type { Delivery, IsolationLevel, IsolationModel } from '../api/claims.ts'

/** Promises about single objects. */
export const OF_OBJECTS = ['linearizable', 'consistent-prefix'] as const

/** Promises about effects in the outside world. */
export const OF_EFFECTS = [
  'exactly-once',
  'at-least-once',
  'at-most-once',
] as const satisfies readonly Delivery[]

/** Weakest first: each level comes after all levels that it implies. */
export const ISOLATION_LEVELS: readonly IsolationLevel[] = [
  'read-uncommitted',
  'read-committed',
  'cursor-stability',
  'consistent-view',
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

export const isolationModel = (level: IsolationLevel, scope: IsolationScope): IsolationModel =>
  scope === 'real-time' && level === 'serializable'
    ? 'strict-serializable'
    : (`${PREFIXES[scope]}${level}` as IsolationModel)

const modelsIn = (scope: IsolationScope): readonly IsolationModel[] =>
  ISOLATION_LEVELS.map((level) => isolationModel(level, scope)).toReversed()

/** Promises about transactions: each comes before all that it implies. */
export const OF_TRANSACTIONS: readonly [IsolationModel, ...IsolationModel[]] = [
  'strict-serializable',
  ...modelsIn('real-time').slice(1),
  ...modelsIn('session'),
  ...modelsIn('alone'),
]

export const isIsolationModel = (name: string): name is IsolationModel =>
  OF_TRANSACTIONS.some((model) => model === name)
