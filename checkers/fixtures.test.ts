/** Known histories of others: Jepsen's etcd runs, Knossos's tests, and key-value histories of Porcupine's. */
import { expect, it } from 'vitest'
import type { Edn } from '../harness/api/edn.ts'
import { readEdn } from '../harness/history/edn.ts'
import { bareRecord } from '../harness/store/run-store.ts'
import { demandsFixtures, describeWith, fixture, missingFixtures } from '../harness/testing/capabilities.ts'
import { readAny } from '../harness/testing/decoded.ts'
import { entry, isMap, nameOf } from '../harness/vocabularies/edn.ts'
import { REGISTER } from '../harness/vocabularies/register.ts'
import { linearizability } from './data/linearizability.ts'
import { check } from './porcupine-ts/check.ts'
import type { Operation } from './porcupine-ts/model.ts'
import { type KeyValueInput, keyValue } from './porcupine-ts/models/key-value.ts'

const STATUS = { ok: 'valid', illegal: 'invalid' } as const

interface Row {
  readonly file: string
  readonly verdict: keyof typeof STATUS
}

const rows = (): Row[] =>
  fixture('verdicts.tsv')
    .trim()
    .split('\n')
    .slice(1)
    .map((line) => {
      const [file, , , verdict] = line.split('\t') as [string, string, string, keyof typeof STATUS]
      return { file, verdict }
    })

const judgeRegister = async (file: string): Promise<string> => {
  const etcd = file.startsWith('etcd')
  const { operations } = readAny(fixture(file), file, REGISTER, etcd ? 'etcd' : 'jepsen')
  const checker = linearizability({ initial: etcd ? null : 0 })
  return (await checker.check(bareRecord(operations), new AbortController().signal)).status
}

const textOf = (map: ReadonlyMap<Edn, Edn>, key: string): string => String(entry(map, key) ?? '')

const readKeyValue = (text: string): Operation<KeyValueInput, string>[] => {
  const open = new Map<number, { call: number; input: KeyValueInput }>()
  const operations: Operation<KeyValueInput, string>[] = []
  for (const [at, { value: map }] of readEdn(text).values.entries()) {
    if (!isMap(map)) continue
    const client = entry(map, 'process') as number
    const f = nameOf(entry(map, 'f')) as 'get' | 'put' | 'append'
    if (nameOf(entry(map, 'type')) === 'invoke') {
      const key = textOf(map, 'key')
      open.set(client, {
        call: at,
        input: f === 'get' ? { f, key } : { f, key, value: textOf(map, 'value') },
      })
      continue
    }
    const { call, input } = open.get(client) as { call: number; input: KeyValueInput }
    operations.push({
      client,
      call,
      return: at,
      input,
      output: input.f === 'get' ? textOf(map, 'value') : '',
    })
  }
  return operations
}

const body = (): void => {
  const all = missingFixtures() === null ? rows() : []

  it('there are some of each verdict', () => {
    expect(all.filter(({ verdict }) => verdict === 'ok').length).toBeGreaterThan(10)
    expect(all.filter(({ verdict }) => verdict === 'illegal').length).toBeGreaterThan(10)
  })

  for (const { file, verdict } of all) {
    it(`${file} is ${verdict}`, async () => {
      if (file.startsWith('kv')) expect(check(keyValue, readKeyValue(fixture(file))).verdict).toBe(verdict)
      else expect(await judgeRegister(file)).toBe(STATUS[verdict])
    })
  }
}

describeWith(missingFixtures(), 'known histories of others', body, demandsFixtures)
