/** What a call asks the outside world for, and what became of it. Pure. */
import type { Operation, Pair } from '../../harness/api/history.ts'
import type { Request, SinkLine } from '../../harness/vocabularies/effects.ts'
import type { Updated } from '../../harness/vocabularies/outbox.ts'
import { type Schedule, tickKey } from '../../harness/vocabularies/schedule.ts'

export type SinkRequest = SinkLine & { readonly type: 'request' }

/** The requests in the call of a client: one request, or every tick of a schedule. */
export const requestsIn = ({ f, value }: Pick<Operation, 'f' | 'value'>): readonly Request[] => {
  if (f === 'submit' || f === 'update') return [value as Request]
  if (f !== 'schedule') return []
  const { key, resource, ticks } = value as Schedule
  return Array.from({ length: ticks }, (_, i) => ({ key: tickKey(key, i + 1), resource, version: i + 1 }))
}

/** An update that came too late got an ok answer, but counts as refused. */
export const isRefusal = ({ completion }: Pair): boolean =>
  completion?.type === 'fail' ||
  (completion?.type === 'ok' && completion.f === 'update' && !(completion.value as Updated).applied)

export const isAcknowledgement = (pair: Pair): boolean => pair.completion?.type === 'ok' && !isRefusal(pair)
