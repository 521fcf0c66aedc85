/** A history with a lie in it. */
import type { Operation, Pair } from '../api/history.ts'
import type { Rng } from '../api/random.ts'
import type { RunRecord } from '../api/record.ts'
import type { Identity, Vocabulary } from '../api/vocabulary.ts'
import { identitiesIn } from '../vocabularies/values.ts'

/** What two clients were told of the same call is exchanged, where both could have been told so. */
export const exchanged = (
  { pairs, history }: RunRecord,
  { calls }: Vocabulary,
  rng: Rng,
): readonly Operation[] => {
  const answered = pairs.filter(({ completion }) => completion?.type === 'ok')
  const fits = (asked: Pair, told: Pair): boolean =>
    asked.invocation.f === told.invocation.f &&
    (calls[asked.invocation.f]?.mismatch?.(asked.invocation.value, told.completion?.value) ?? null) === null
  const one = answered[rng.int(answered.length)] as Pair
  const others = answered.filter((each) => fits(one, each) && fits(each, one))
  const other = others[rng.int(others.length)] as Pair
  const told = new Map([
    [one.completion?.index, other.completion?.value],
    [other.completion?.index, one.completion?.value],
  ])
  return history.map((each) => (told.has(each.index) ? { ...each, value: told.get(each.index) } : each))
}

/**
 * Whether an answer has something that was asked to be written only after the answer was there. No cluster can foresee that, and
 * then the beginning of a history proves nothing: what nobody wrote so far is written later.
 */
export const foresees = ({ pairs }: Pick<RunRecord, 'pairs'>, { calls }: Vocabulary): boolean => {
  const asked = new Map<Identity, number>()
  for (const { invocation } of pairs)
    for (const written of (calls[invocation.f]?.writes?.(invocation.value) ?? []).flatMap(identitiesIn))
      asked.set(written, Math.min(invocation.index, asked.get(written) ?? Number.POSITIVE_INFINITY))
  return pairs.some(
    ({ invocation, completion }) =>
      completion?.type === 'ok' &&
      (calls[invocation.f]?.reads?.(completion.value) ?? [])
        .flatMap(identitiesIn)
        .some((read) => (asked.get(read) ?? Number.NEGATIVE_INFINITY) > completion.index),
  )
}
