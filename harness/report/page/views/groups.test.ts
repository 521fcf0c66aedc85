import { expect, it } from 'vitest'
import type { TableRow } from '../../../api/verdict.ts'
import { groupsOf } from './groups.ts'

const row = (cells: readonly string[], mark?: string): TableRow => ({
  cells,
  operations: [],
  ...(mark === undefined ? {} : { mark }),
})

it('parts of a name are grouped by what stands before the last slash, and by their mark', () => {
  const lost = ['3-1/9', '0-5/2', '0-5/4', '0-5/6', '0-5/8', '4-1/8', '4-1/9'].map((key) =>
    row([key], 'lost'),
  )
  expect(groupsOf([...lost, row(['0-5/1']), row(['0-5/3'], 'duplicated')])).toEqual([
    { mark: 'lost', object: '3-1', parts: ['9'] },
    { mark: 'lost', object: '0-5', parts: ['2', '4', '6', '8'] },
    { mark: 'lost', object: '4-1', parts: ['8', '9'] },
    { mark: 'duplicated', object: '0-5', parts: ['3'] },
  ])
})

it('a column of objects groups its rows, also if it is the second one', () => {
  const rows = Array.from({ length: 8 }, (_, i) => [`k${i % 2}`, String(i)] as const)
  expect(groupsOf(rows.map(([key, offset]) => row([key, offset], 'lost')))).toEqual([
    { mark: 'lost', object: 'k0', parts: ['0', '2', '4', '6'] },
    { mark: 'lost', object: 'k1', parts: ['1', '3', '5', '7'] },
  ])
  expect(groupsOf(rows.map(([key, at]) => row([at, key], 'stale'))).map(({ object }) => object)).toEqual([
    'k0',
    'k1',
  ])
})

it('few rows, and rows of different objects, are not grouped', () => {
  const rows = Array.from({ length: 20 }, (_, i) => row([`a${i}`, `b${i}`], 'lost'))
  expect(groupsOf(rows)).toEqual([])
  expect(groupsOf(Array.from({ length: 7 }, (_, i) => row([`a/${i}`], 'lost')))).toEqual([])
})
