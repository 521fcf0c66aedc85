/** Examples of the vocabularies of what many share: money, seats, permissions, indexes, collections and barriers. */
import { one } from '../vocabularies/values.ts'
import type { Example } from './example.ts'

const permission: Example = {
  value: { subject: 3 },
  ok: { subject: 3 },
  changes: true,
  badValues: [{}, { subject: 'x' }],
  badOks: [{}, { subject: null }],
  mismatches: [{ subject: 4 }],
  objects: ['3'],
}
export const SHARED_EXAMPLES: Readonly<Record<string, Readonly<Record<string, Example>>>> = {
  bank: {
    transfer: {
      value: { from: 0, to: 7, amount: 5 },
      ok: { from: 0, to: 7, amount: 5, applied: true },
      changes: true,
      badValues: [
        { from: 0, to: 'x', amount: 5 },
        { from: -1, to: 1, amount: 5 },
        { from: 0, to: 1 },
      ],
      badOks: [{ from: 0, to: 7, amount: 5 }, { applied: true }],
      mismatches: [{ from: 0, to: 7, amount: 6, applied: true }],
    },
    read: {
      value: {},
      badValues: [null, 3, { key: 1 }],
      ok: { balances: [20, -1] },
      changes: false,
      badOks: [{}, { balances: [null] }],
    },
  },
  booking: {
    book: {
      value: { seat: 3, customer: 8 },
      ok: { seat: 3, customer: 8, confirmed: true },
      changes: true,
      badValues: [{ seat: 3 }, { customer: 8 }, { seat: 3, customer: null }],
      badOks: [{ seat: 3, customer: 8 }, { confirmed: true }],
      mismatches: [{ seat: 4, customer: 8, confirmed: true }],
      objects: ['3'],
      writes: one(3, 8),
    },
    read: {
      value: { seat: 3 },
      ok: { seat: 3, customer: 8 },
      changes: false,
      badValues: [{}, { seat: null }],
      badOks: [{ seat: 3 }, { seat: 3, customer: 'x' }],
      mismatches: [{ seat: 4, customer: null }],
      objects: ['3'],
      reads: one(3, 8),
    },
  },
  access: {
    grant: permission,
    revoke: permission,
    check: {
      ...permission,
      ok: { subject: 3, allowed: true },
      changes: false,
      badOks: [{ subject: 3 }, { subject: 3, allowed: 'yes' }],
      mismatches: [{ subject: 4, allowed: true }],
    },
  },
  publication: {
    publish: {
      value: { index: 3, version: 7, shards: 2 },
      ok: { index: 3, version: 7, published: true },
      changes: true,
      badValues: [
        { index: 3, version: 7 },
        { index: 3, version: 'x', shards: 2 },
      ],
      badOks: [
        { index: 3, version: 7 },
        { index: 3, version: 7, published: 'yes' },
      ],
      mismatches: [
        { index: 4, version: 7, published: true },
        { index: 3, version: 8, published: true },
      ],
      objects: ['3'],
      writes: one(3, 7),
    },
    read: {
      value: { index: 3 },
      ok: { index: 3, versions: [7, 7, null] },
      changes: false,
      badValues: [{}, { index: null }],
      badOks: [{ index: 3 }, { index: 3, versions: ['x'] }, { index: 3, versions: 7 }],
      mismatches: [{ index: 4, versions: [] }],
      objects: ['3'],
      reads: one(3, 7),
    },
  },
  search: {
    add: {
      value: { collection: 3, element: 7 },
      ok: { collection: 3, element: 7 },
      changes: true,
      badValues: [{ collection: 3 }, { collection: 3, element: null }],
      badOks: [{}, { collection: 3, element: 'x' }],
      mismatches: [{ collection: 3, element: 8 }],
      objects: ['3'],
      writes: one(3, 7),
    },
    query: {
      value: { collection: 3 },
      ok: { collection: 3, elements: [7], complete: true },
      changes: false,
      badValues: [{}, { collection: 'x' }],
      badOks: [
        { collection: 3, elements: [7] },
        { collection: 3, elements: [null], complete: true },
      ],
      mismatches: [{ collection: 4, elements: [], complete: false }],
      objects: ['3'],
      reads: one(3, 7),
    },
  },
  barrier: {
    arrive: {
      value: { barrier: 3, party: 0, parties: 2 },
      ok: { barrier: 3, party: 0 },
      changes: true,
      badValues: [
        { barrier: 3, party: 0 },
        { barrier: 3, party: 'x', parties: 2 },
      ],
      badOks: [{}, { barrier: 3, party: null }],
      mismatches: [{ barrier: 3, party: 1 }],
      objects: ['3'],
    },
    enter: {
      value: { barrier: 3, parties: 2 },
      ok: { barrier: 3, passed: true },
      changes: false,
      badValues: [{ barrier: 3 }, { parties: 2 }],
      badOks: [{ barrier: 3 }, { barrier: 3, passed: 1 }],
      mismatches: [{ barrier: 4, passed: true }],
      objects: ['3'],
    },
  },
}
