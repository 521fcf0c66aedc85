import { expect, it } from 'vitest'
import type { PageRole } from '../nodes.ts'
import { termsOf } from './terms.ts'

const role = (
  node: string,
  was: PageRole['role'],
  term: number | null,
  startMs: number,
  endMs: number,
  leader: string | null = null,
): PageRole => ({ node, role: was, term, leader, startMs, endMs })

it('a term is the newest until a later one is seen, and tells who led it', () => {
  const terms = termsOf([
    role('n1', 'leader', 1, 0, 50),
    role('n2', 'follower', 1, 1, 20, 'n1'),
    role('n2', 'candidate', 2, 20, 30),
    role('n2', 'leader', 2, 30, 100, 'n2'),
    role('n1', 'down', null, 50, 100),
  ])
  expect(terms.map(({ term, fromMs, toMs, leaders, named }) => [term, fromMs, toMs, leaders, named])).toEqual(
    [
      [1, 0, 20, [{ node: 'n1', fromMs: 0 }], []],
      [2, 20, 100, [{ node: 'n2', fromMs: 30 }], []],
    ],
  )
})

it('two leaders of a term are both told, and so is one that only others saw', () => {
  const [first, second] = termsOf([
    role('n1', 'leader', 4, 10, 20),
    role('n2', 'leader', 4, 15, 30),
    role('n3', 'follower', 5, 30, 40, 'n9'),
  ])
  expect(first?.leaders.map(({ node }) => node)).toEqual(['n1', 'n2'])
  expect(second).toMatchObject({ leaders: [], named: ['n9'] })
})

it('a term that is seen only after a later one was never the newest', () => {
  const [old] = termsOf([role('n1', 'leader', 7, 10, 20), role('n2', 'follower', 6, 15, 30)])
  expect(old).toMatchObject({ term: 6, fromMs: 15, toMs: 15 })
})

it('there are none where no status has a term', () => {
  expect(termsOf([role('n1', 'leader', null, 0, 9)])).toEqual([])
})
