/** What is measured: histories by name, each generated from its seed. */
import type { Operation } from '../model.ts'
import type { KeyValueInput } from '../models/key-value.ts'
import type { HistoryOptions } from './histories.ts'

export interface Generated {
  readonly name: string
  readonly options: HistoryOptions
  /** `loaded`: columns, read from a file each time; `columns`: read once; `objects`: converted from columns once. */
  readonly form: 'loaded' | 'columns' | 'objects'
}

const cas = (seed: number, operations: number, clients: number): HistoryOptions => ({
  seed,
  operations,
  clients,
  values: 5,
  cas: 1 / 3,
  reads: 1 / 3,
})

const crowd = { seed: 1, operations: 1e6, clients: 100, crashed: 0.05 }

export const generated: readonly Generated[] = [
  {
    name: 'register 1 client 100k',
    options: { seed: 1, operations: 100_000, clients: 1 },
    form: 'columns',
  },
  {
    name: 'register 10 clients 10k',
    options: { seed: 1, operations: 10_000, clients: 10 },
    form: 'columns',
  },
  {
    name: 'register 10 clients 10k stale',
    options: { seed: 1, operations: 10_000, clients: 10, stale: true },
    form: 'columns',
  },
  {
    name: 'register 10 clients 1k crashed stale',
    options: { seed: 1, operations: 1000, clients: 10, crashed: 0.05, stale: true },
    form: 'columns',
  },
  { name: 'register 100 clients 1M crashed', options: crowd, form: 'loaded' },
  { name: 'register 100 clients 1M crashed stale', options: { ...crowd, stale: true }, form: 'loaded' },
  {
    name: 'register 1000 keys 1M',
    options: { seed: 1, operations: 1e6, clients: 100, keys: 1000 },
    form: 'columns',
  },
  { name: 'cas 5 values 10 clients 10k', options: cas(1, 10_000, 10), form: 'objects' },
  { name: 'cas 5 values 10 clients 100k', options: cas(1, 100_000, 10), form: 'objects' },
  ...Array.from(
    { length: 10 },
    (_, i): Generated => ({
      name: `cas 5 values 20 clients 1k seed ${i + 1}`,
      options: cas(i + 1, 1000, 20),
      form: 'objects',
    }),
  ),
  ...[0.01, 0.03, 0.05].map(
    (crashed): Generated => ({
      name: `cas 5 values 10 clients 1k ${100 * crashed}% crashed wrong`,
      options: { ...cas(3, 1000, 10), crashed, wrong: true },
      form: 'objects',
    }),
  ),
]

export const huge: Generated = {
  name: 'register 100 clients 10M crashed',
  options: { ...crowd, operations: 1e7 },
  form: 'loaded',
}

/** No answer in reasonable time: appends that never returned, and a value that none of their orders explains. */
export const endless = (appends: number): Operation<KeyValueInput, string>[] => [
  ...Array.from(
    { length: appends },
    (_, i): Operation<KeyValueInput, string> => ({
      client: i,
      call: i,
      return: Number.POSITIVE_INFINITY,
      // One of the empty string, so the general engine decides.
      input: { f: 'append', key: 'x', value: i === 0 ? '' : `${i} ` },
      output: undefined,
    }),
  ),
  {
    client: appends,
    call: appends,
    return: appends + 1,
    input: { f: 'get', key: 'x' },
    output: 'none of it',
  },
]
