/** Operations of a history that do not fit its vocabulary: mistakes of the workload or of the client. */
import { z } from 'zod'
import type { Operation, Pair } from '../api/history.ts'
import type { Vocabulary } from '../api/vocabulary.ts'
import { pairOperations } from '../history/pairing.ts'
import { definitionOf } from '../vocabularies/vocabulary.ts'

const whyMisfit = (vocabulary: Vocabulary, { invocation, completion }: Pair): string | null => {
  const definition = definitionOf(vocabulary, invocation.f)
  if (definition === undefined) return `it is not a call of ${vocabulary.name}`
  const value = definition.value.safeParse(invocation.value)
  if (!value.success) return `its value: ${z.prettifyError(value.error)}`
  if (completion?.type !== 'ok') return null
  const ok = definition.ok.safeParse(completion.value)
  if (!ok.success) return `its answer: ${z.prettifyError(ok.error)}`
  return definition.mismatch?.(value.data, ok.data) ?? null
}

/** One sentence for each operation that does not fit. */
export const misfits = (vocabulary: Vocabulary, history: readonly Operation[]): readonly string[] =>
  pairOperations(history).flatMap((pair) => {
    const why = whyMisfit(vocabulary, pair)
    const { index, f, value } = pair.invocation
    if (why === null) return []
    return [`${index} ${f} ${JSON.stringify(value)} -> ${JSON.stringify(pair.completion?.value)}: ${why}`]
  })
