/** An interactive page of the operations on the key that is not linearizable, with the faults on the same axis. */

import type { FaultRecord, RunRecord } from '../../harness/api/record.ts'
import type { Evidence } from '../../harness/api/verdict.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import type { Annotation } from '../porcupine-ts/evidence/page/data.ts'
import { drawPage } from '../porcupine-ts/evidence/page/page.ts'
import type { Columns, Operation, Result } from '../porcupine-ts/model.ts'
import { casRegister, type RegisterInput, type RegisterOutput } from '../porcupine-ts/models/register.ts'

export interface RegisterRows {
  readonly columns: Required<Columns>
  readonly initial: number | null
  /** What the codes in the columns stand for. */
  readonly keyOf: (code: number) => Scalar
  readonly scalarOf: (code: number) => Scalar
}

const LIMITS = { timeMs: 2000, memoryBytes: 2 ** 28 }

const annotationOf = ({ planned, victims, injectedAtNs, healedAtNs }: FaultRecord): readonly Annotation[] =>
  injectedAtNs === undefined
    ? []
    : [
        {
          from: injectedAtNs,
          ...(healedAtNs === undefined ? {} : { to: healedAtNs }),
          row: planned.nemesis,
          text: `${planned.id} ${victims.join(', ')}`,
        },
      ]

const operationAt = (
  { columns, initial, keyOf, scalarOf }: RegisterRows,
  row: number,
): Operation<RegisterInput, RegisterOutput> => {
  const end = columns.return[row] as number
  const { input, output } = casRegister(initial).decode({
    kind: columns.kind[row] as number,
    key: columns.key[row] as number,
    value: columns.value[row] as number,
    second: columns.second[row] as number,
    returned: end !== Number.POSITIVE_INFINITY,
  })
  // The model only compares keys and values, whatever they are.
  const numberOf = (code: number): number => scalarOf(code) as number
  const real = (code: number | null): number | null => (code === null ? null : numberOf(code))
  const key = keyOf(input.key) as number
  return {
    client: columns.client[row] as number,
    call: columns.call[row] as number,
    return: end,
    input:
      input.f === 'read'
        ? { f: 'read', key }
        : input.f === 'write'
          ? { f: 'write', key, value: numberOf(input.value) }
          : { f: 'cas', key, expected: real(input.expected), next: numberOf(input.next) },
    output: output !== undefined && 'value' in output ? { value: real(output.value) } : output,
  }
}

export const drawRegisterPage = async (
  rows: RegisterRows,
  result: Result & { readonly verdict: 'illegal' },
  record: RunRecord,
): Promise<NonNullable<Evidence['page']>> => {
  const { columns, initial, keyOf, scalarOf } = rows
  const code = columns.key[result.blocked] as number
  const own = [...columns.key.keys()].filter((row) => columns.key[row] === code)
  const placeOf = new Map(own.map((row, place) => [row, place]))
  const local = (row: number): number => placeOf.get(row) as number
  const html = await drawPage(
    casRegister(initial === null ? null : (scalarOf(initial) as number)),
    own.map((row) => operationAt(rows, row)),
    {
      ...result,
      partition: String(keyOf(code)),
      blocked: local(result.blocked),
      prefix: result.prefix.map(local),
      witness: result.witness.map(local),
    },
    {
      title: `key ${keyOf(code)}`,
      annotations: (record.faults ?? []).flatMap(annotationOf),
      unit: { size: 1e9, name: ' s' },
      limits: LIMITS,
    },
  )
  return { file: `linearizability-key-${String(keyOf(code)).replaceAll(/[^\w-]/g, '_')}.html`, html }
}
