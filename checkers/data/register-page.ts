/** An interactive page of the operations on the key that is not linearizable, with the faults on the same axis. */

import type { FaultRecord, RunRecord } from '../../harness/api/record.ts'
import type { Evidence } from '../../harness/api/verdict.ts'
import type { Scalar } from '../../harness/vocabularies/values.ts'
import type { Annotation } from '../porcupine-ts/evidence/page/data.ts'
import { drawPage } from '../porcupine-ts/evidence/page/page.ts'
import type { Columns, Illegal, Operation, Result } from '../porcupine-ts/model.ts'
import { casRegister, type RegisterInput, type RegisterOutput } from '../porcupine-ts/models/register.ts'
import { type FailingKey, onKey } from './linearization-view.ts'

export interface RegisterRows {
  readonly columns: Required<Columns>
  readonly initial: number | null
  /** What the codes in the columns stand for. */
  readonly keyOf: (code: number) => Scalar
  readonly scalarOf: (code: number) => Scalar
  /** The index in the history of the invocation of a row. */
  readonly indexOf: (row: number) => number
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

/** The operations on the key that fails, with the values that they had. */
export const failingRegister = (
  rows: RegisterRows,
  result: Illegal,
): FailingKey<number | null, RegisterInput, RegisterOutput> => {
  const { columns, initial, keyOf, scalarOf } = rows
  const code = columns.key[result.blocked] as number
  const own = [...columns.key.keys()].filter((row) => columns.key[row] === code)
  const model = casRegister(initial === null ? null : (scalarOf(initial) as number))
  const operations = own.map((row) => operationAt(rows, row))
  return {
    key: String(keyOf(code)),
    model,
    ...onKey(model, operations, own, result),
    indices: own.map((row) => rows.indexOf(row)),
  }
}

/** A key may be longer than the name of a file can be. */
const MOST_IN_NAME = 80

export const drawRegisterPage = async (
  rows: RegisterRows,
  result: Result & { readonly verdict: 'illegal' },
  record: RunRecord,
): Promise<NonNullable<Evidence['page']>> => {
  const { key, model, operations, result: local } = failingRegister(rows, result)
  const html = await drawPage(
    model,
    operations,
    { ...local, engines: result.engines },
    {
      title: `key ${key}`,
      annotations: (record.faults ?? []).flatMap(annotationOf),
      unit: { size: 1e9, name: ' s' },
      limits: LIMITS,
    },
  )
  return { file: `linearizability-key-${key.slice(0, MOST_IN_NAME).replaceAll(/[^\w-]/g, '_')}.html`, html }
}
