/** Histories of other people, in the two forms of Porcupine's test data: Jepsen's etcd logs, and key-value calls. */
import fs from 'node:fs'
import path from 'node:path'
import type { Operation } from '../model.ts'
import type { KeyValueInput } from '../models/key-value.ts'
import type { RegisterInput, RegisterOutput } from '../models/register.ts'

export type Fixture =
  | {
      readonly name: string
      readonly model: 'register'
      readonly operations: readonly Operation<RegisterInput, RegisterOutput>[]
    }
  | {
      readonly name: string
      readonly model: 'key-value'
      readonly operations: readonly Operation<KeyValueInput, string>[]
    }

const files = (folder: string): readonly string[] =>
  fs.existsSync(folder) ? fs.readdirSync(folder).map((name) => path.join(folder, name)) : []

/** A folder with `etcd-jepsen/*.log` and `kv/*.txt`. */
export const loadFixtures = (folder: string): readonly Fixture[] => [
  ...files(path.join(folder, 'etcd-jepsen')).map(
    (file): Fixture => ({
      name: path.basename(file),
      model: 'register',
      operations: parseEtcd(fs.readFileSync(file, 'utf8')),
    }),
  ),
  ...files(path.join(folder, 'kv')).map(
    (file): Fixture => ({
      name: path.basename(file),
      model: 'key-value',
      operations: parseKeyValue(fs.readFileSync(file, 'utf8')),
    }),
  ),
]

const LINE = /jepsen\.util - (\d+)\s+:(\w+)\s+:(\w+)\s+(.*)$/

/** A failed compare-and-set is an observation. A read without an answer gives no information. */
const parseEtcd = (text: string): Operation<RegisterInput, RegisterOutput>[] => {
  const operations: Operation<RegisterInput, RegisterOutput>[] = []
  const open = new Map<number, number>()
  const clientOf = new Map<number, number>()
  for (const [at, line] of text.split('\n').entries()) {
    const [, name, type, f, value] = LINE.exec(line) ?? []
    if (name === undefined || value === undefined) continue
    const process = Number(name)
    if (type === 'invoke') {
      const client = clientOf.get(process) ?? process
      open.set(process, operations.length)
      operations.push({
        client,
        call: at,
        return: Number.POSITIVE_INFINITY,
        input: inputOf(f, value),
        output: undefined,
      })
      continue
    }
    const index = open.get(process)
    open.delete(process)
    if (index === undefined) continue
    if (type === 'info' || value.includes('timed-out')) {
      // A process that continues after a time-out is another client: its last operation is still open.
      clientOf.set(process, 1000 + at)
      continue
    }
    const operation = operations[index] as Operation<RegisterInput, RegisterOutput>
    const { input } = operation
    const output = input.f === 'read' ? { value: numberOf(value) } : { applied: type === 'ok' }
    operations[index] = { ...operation, return: at, output }
  }
  return operations
}

const numberOf = (text: string): number | null => (text === 'nil' ? null : Number(text))

const inputOf = (f: string | undefined, value: string): RegisterInput => {
  if (f === 'read') return { f, key: 0 }
  if (f === 'write') return { f, key: 0, value: Number(value) }
  const [expected, next] = value.slice(1, -1).split(' ')
  return { f: 'cas', key: 0, expected: numberOf(expected as string), next: Number(next) }
}

const ENTRY = /:process (\d+), :type :(\w+), :f :(\w+), :key "([^"]*)", :value (nil|"[^"]*")/

const parseKeyValue = (text: string): Operation<KeyValueInput, string>[] => {
  const operations: Operation<KeyValueInput, string>[] = []
  const open = new Map<number, number>()
  for (const [at, line] of text.split('\n').entries()) {
    const [, process, type, f, key, quoted] = ENTRY.exec(line) ?? []
    if (process === undefined || key === undefined || quoted === undefined) continue
    const client = Number(process)
    const value = quoted === 'nil' ? '' : quoted.slice(1, -1)
    if (type === 'invoke') {
      const input: KeyValueInput = f === 'get' ? { f, key } : { f: f as 'put' | 'append', key, value }
      open.set(client, operations.length)
      operations.push({ client, call: at, return: Number.POSITIVE_INFINITY, input, output: undefined })
      continue
    }
    const index = open.get(client) as number
    const operation = operations[index] as Operation<KeyValueInput, string>
    operations[index] = { ...operation, return: at, output: operation.input.f === 'get' ? value : '' }
  }
  return operations
}
