/** Examples of each call of each vocabulary: a value, an ok answer, and values and answers that must be rejected. */

import { one } from '../vocabularies/values.ts'
import type { Example } from './example.ts'
import { SHARED_EXAMPLES } from './shared-examples.ts'

const KEY = { key: 3 }
const BAD_KEYS = [{}, { key: null }, { key: 1.5 }, { key: Number.NaN }, null]
const HELD = { key: 3, owner: 8 }
const REQUEST = { key: 'a-1', resource: 2, version: 4 }
const BAD_REQUESTS = [{}, { ...REQUEST, key: 7 }, { ...REQUEST, version: '4' }, { key: 'a-1', version: 4 }]
const NOTHING = { value: {}, badValues: [null, 3, { key: 1 }] }

const release: Example = {
  value: HELD,
  ok: { done: true },
  changes: true,
  badValues: [KEY, { ...HELD, owner: null }],
  badOks: [{}, { done: 'yes' }],
  objects: ['3'],
}
const acquire: Example = { ...release, badOks: [{}, { done: 1 }, { done: true, token: 'x' }] }
const acquireLock: Example = { ...acquire, ok: { done: true, token: 5 } }
const acquireLease: Example = {
  ...acquire,
  ok: { done: true, token: 5, ttlMs: 900.5 },
  badOks: [...acquire.badOks, { done: true, token: 5, ttlMs: -1 }],
}
const touch: Example = {
  value: { ...HELD, token: 5 },
  ok: { refused: null },
  changes: true,
  badValues: [HELD, { ...HELD, token: null }],
  badOks: [{}, { refused: 'no' }, { refused: true }],
  objects: ['3'],
}
const submit: Example = {
  value: REQUEST,
  ok: { key: 'a-1' },
  changes: true,
  badValues: BAD_REQUESTS,
  badOks: [{}, { key: 1 }, null],
  mismatches: [{ key: 'b-1' }],
  objects: ['a-1'],
}
const audits: Readonly<Record<string, Example>> = {
  pending: {
    ...NOTHING,
    ok: { pending: ['a-1'], done: 3 },
    changes: false,
    badOks: [{ pending: [] }, { pending: [1], done: 3 }, { done: 3 }],
    objects: [],
  },
  ledger: {
    ...NOTHING,
    ok: { entries: [{ key: 'a-1', acceptedAt: 3, doneAt: null, worker: null }] },
    changes: false,
    badOks: [{}, { entries: [{ key: 'a-1', acceptedAt: 3 }] }, { entries: null }],
    objects: [],
  },
}
const write: Example = {
  value: { key: 3, value: 7 },
  ok: { key: 3, value: 7 },
  changes: true,
  badValues: [...BAD_KEYS, KEY, { key: 3, value: null }, { key: 3, value: 1.5 }],
  badOks: [KEY, { key: 3, value: 1.5 }],
  mismatches: [
    { key: 4, value: 7 },
    { key: 3, value: 8 },
  ],
  objects: ['3'],
  writes: one(3, 7),
}
const readList: Example = {
  value: [['r', 1, null]],
  ok: [['r', 1, [5, 'six']]],
  changes: false,
  badValues: [
    null,
    {},
    [['r', 1]],
    [['x', 1, null]],
    [['w', 1, 2]],
    [['append', 1, null]],
    [['r', 1.5, null]],
  ],
  badOks: [[['r', 1, 5]], [['r', 1, [null]]], null],
  mismatches: [[], [['r', 2, [5]]], [['append', 1, 5]]],
  objects: ['1'],
  writes: [],
  reads: [{ key: 1, values: [5, 'six'] }],
}
const writeRegister: Example = {
  value: [
    ['w', 1, 5],
    ['r', 'x', null],
  ],
  ok: [
    ['w', 1, 5],
    ['r', 'x', 6],
  ],
  changes: true,
  badValues: [null, [['append', 1, 2]], [['w', 1, null]], [['w', 1, [2]]]],
  badOks: [[['r', 1, [5]]], [['w', 1, 1.5]]],
  mismatches: [
    [
      ['w', 1, 6],
      ['r', 'x', 6],
    ],
    [['w', 1, 5]],
  ],
  objects: ['1', 'x'],
  writes: one(1, 5),
  reads: one('x', 6),
}

export const EXAMPLES: Readonly<Record<string, Readonly<Record<string, Example>>>> = {
  register: {
    read: {
      value: KEY,
      ok: { key: 3, value: 7 },
      changes: false,
      badValues: [{}, { key: 1.5 }, { key: null }],
      badOks: [KEY, { key: 3, value: 1.5 }],
      mismatches: [{ key: 4, value: 7 }],
      objects: ['3'],
      reads: one(3, 7),
    },
    write: {
      ...write,
      badValues: [{}, { key: 1.5, value: 7 }, { key: 3, value: null }, KEY],
      badOks: [KEY, { key: 3, value: null }],
    },
    cas: {
      value: { key: 3, expected: null, next: 7 },
      ok: { key: 3, expected: null, next: 7, applied: false },
      changes: true,
      badValues: [KEY, { key: 3, expected: 1 }, { key: 3, expected: 1, next: null }],
      badOks: [{ key: 3, expected: null, next: 7 }, { applied: true }],
      mismatches: [
        { key: 3, expected: 1, next: 7, applied: true },
        { key: 3, expected: null, next: 8, applied: true },
      ],
      objects: ['3'],
      writes: one(3, 7),
    },
  },
  set: {
    add: {
      value: { element: 5 },
      ok: { element: 5 },
      changes: true,
      badValues: [{}, { element: null }, 5],
      badOks: [{}, null],
      mismatches: [{ element: 6 }],
      writes: [{ key: null, values: [5] }],
    },
    read: {
      ...NOTHING,
      ok: { elements: [5, 6] },
      changes: false,
      badOks: [{}, { elements: [null] }, [5, 6]],
      reads: [{ key: null, values: [5, 6] }],
    },
  },
  'list-append': { txn: readList },
  'rw-register': { txn: writeRegister },
  'multi-register': { txn: writeRegister },
  counter: {
    add: {
      value: { key: 3, delta: 2 },
      ok: { key: 3, delta: 2 },
      changes: true,
      badValues: [KEY, { key: 3, delta: '2' }],
      badOks: [KEY, null],
      mismatches: [{ key: 3, delta: 1 }],
      objects: ['3'],
    },
    read: {
      value: KEY,
      ok: { key: 3, value: 7 },
      changes: false,
      badValues: BAD_KEYS,
      badOks: [KEY, { key: 3, value: null }],
      mismatches: [{ key: 4, value: 7 }],
      objects: ['3'],
    },
  },
  queue: {
    enqueue: write,
    dequeue: {
      value: KEY,
      ok: { key: 3, value: 7 },
      changes: true,
      badValues: BAD_KEYS,
      badOks: [KEY, { key: 3, value: 1.5 }],
      mismatches: [{ key: 4, value: null }],
      objects: ['3'],
      reads: one(3, 7),
    },
    drain: {
      value: KEY,
      ok: { key: 3, values: [7, 8] },
      changes: true,
      badValues: BAD_KEYS,
      badOks: [KEY, { key: 3, values: null }, { key: 3, values: [1.5] }],
      mismatches: [{ key: 4, values: [] }],
      objects: ['3'],
      reads: [{ key: 3, values: [7, 8] }],
    },
  },
  'unique-ids': {
    generate: { ...NOTHING, ok: { id: 'x7' }, changes: true, badOks: [{}, { id: null }, { id: 1.5 }] },
  },
  'append-log': {
    append: {
      ...write,
      ok: { key: 3, value: 7, offset: 0 },
      badOks: [
        { key: 3, value: 7 },
        { key: 3, value: 7, offset: -1 },
      ],
      mismatches: [{ key: 3, value: 8, offset: 0 }],
    },
    read: {
      value: KEY,
      ok: { key: 3, values: [7, 8] },
      changes: false,
      badValues: BAD_KEYS,
      badOks: [KEY, { key: 3, values: [1.5] }],
      mismatches: [{ key: 4, values: [] }],
      objects: ['3'],
      reads: [{ key: 3, values: [7, 8] }],
    },
  },
  lock: { acquire: acquireLock, release },
  semaphore: { acquire: { ...acquire, badOks: [{}, { done: 1 }] }, release },
  lease: { acquire: acquireLease, release },
  'protected-lock': { acquire: acquireLock, release, enter: touch, leave: touch },
  'protected-lease': { acquire: acquireLease, release, enter: touch, leave: touch },
  ...SHARED_EXAMPLES,
  election: {
    leader: {
      ...NOTHING,
      ok: { leader: null, term: 4 },
      changes: false,
      badOks: [{ term: 4 }, { leader: 'n1' }, { leader: 1, term: 4 }],
    },
  },
  watch: {
    put: {
      value: { key: 3, value: 7 },
      ok: { key: 3, value: 7, revision: 2 },
      changes: true,
      badValues: [KEY, { key: 3, value: '7' }],
      badOks: [{ key: 3, value: 7 }],
      mismatches: [
        { key: 3, value: 8, revision: 2 },
        { key: 3, value: null, revision: 2 },
      ],
      writes: one(3, 7),
    },
    watch: {
      value: { after: 0 },
      ok: {
        events: [
          { revision: 1, key: 3, value: 7 },
          { revision: 2, key: 3, value: null },
        ],
        upTo: 2,
      },
      changes: false,
      badValues: [{}, { after: null }],
      badOks: [{ events: [] }, { events: [{ revision: 1 }], upTo: 1 }, { events: [], upTo: 1, from: null }],
      reads: one(3, 7),
    },
  },
  effects: { submit, ...audits },
  'job-queue': {
    submit,
    work: {
      ...NOTHING,
      ok: { key: 'a-1', token: 4, acknowledged: true },
      changes: true,
      badOks: [{}, { key: 1 }, { key: 'a-1', acknowledged: 'yes' }],
      objects: [],
    },
    ...audits,
  },
  schedule: {
    schedule: {
      value: { key: 's-1', resource: 2, everyMs: 200, ticks: 10 },
      ok: { key: 's-1' },
      changes: true,
      badValues: [REQUEST, { key: 's-1', resource: 2, everyMs: 200, ticks: -1 }],
      badOks: [{}, { key: 1 }],
      mismatches: [{ key: 's-2' }],
      objects: ['s-1'],
    },
    ...audits,
  },
  outbox: {
    update: {
      value: REQUEST,
      ok: { applied: true },
      changes: true,
      badValues: BAD_REQUESTS,
      badOks: [{}, { applied: 'yes' }],
      objects: ['2'],
    },
    read: {
      value: { resource: 2 },
      ok: { resource: 2, version: 0 },
      changes: false,
      badValues: [{}, { resource: 'x' }],
      badOks: [{ resource: 2 }, { resource: 2, version: -1 }],
      mismatches: [{ resource: 3, version: 0 }],
      objects: ['2'],
    },
    ...audits,
  },
}
