/** The promises that vocabularies can make, strongest first. */
import type { Delivery, IsolationLevel, IsolationModel } from '../api/claims.ts'

/** Of objects by themselves. */
export const OF_OBJECTS = ['linearizable', 'consistent-prefix'] as const

/** Of what takes effect in the outside world. */
export const OF_EFFECTS = [
  'exactly-once',
  'at-least-once',
  'at-most-once',
] as const satisfies readonly Delivery[]

/** Each after all that it implies. */
export const ISOLATION_LEVELS: readonly IsolationLevel[] = [
  'read-uncommitted',
  'read-committed',
  'cursor-stability',
  'consistent-view',
  'repeatable-read',
  'snapshot-isolation',
  'serializable',
]

/** Where the order of transactions must hold: in itself, within each session, or in real time. */
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

/** Of transactions: each before all that it implies. */
export const OF_TRANSACTIONS: readonly [IsolationModel, ...IsolationModel[]] = [
  'strict-serializable',
  ...modelsIn('real-time').slice(1),
  ...modelsIn('session'),
  ...modelsIn('alone'),
]

export const isIsolationModel = (name: string): name is IsolationModel =>
  OF_TRANSACTIONS.some((model) => model === name)
