import { describe, expect, it } from 'vitest'
import type { Sample } from '../api/record.ts'
import { clocksOf, rolesOf } from './nodes.ts'

const sample = (node: string, seconds: number, status: Sample['status']): Sample => ({
  node,
  timeNs: seconds * 1e9,
  status,
})

describe('roles', () => {
  it('last until another one is seen, or no answer', () => {
    const roles = rolesOf(
      [
        sample('n1', 0, { role: 'follower', term: 1 }),
        sample('n1', 1, { role: 'follower', term: 1 }),
        sample('n1', 2, { role: 'leader', term: 2 }),
        sample('n1', 3, null),
      ],
      5000,
    )
    expect(roles.map(({ role, term, startMs, endMs }) => [role, term, startMs, endMs])).toEqual([
      ['follower', 1, 0, 2000],
      ['leader', 2, 2000, 3000],
      ['down', null, 3000, 5000],
    ])
  })
})

describe('clocks', () => {
  const at = (node: string, seconds: number, offsetMs: number): Sample =>
    sample(node, seconds, { role: 'follower', clockMs: 1e12 + 1000 * seconds + offsetMs })

  it('are told where they change', () => {
    const samples = [at('n1', 0, 0), at('n2', 0, 0), at('n1', 1, 60_000), at('n2', 1, 0), at('n1', 2, 2)]
    expect(clocksOf(samples, 1e12)).toEqual([
      { node: 'n1', atMs: 1000, offsetMs: 60_000 },
      { node: 'n1', atMs: 2000, offsetMs: 0 },
    ])
  })

  it('are not called wrong because an answer took long', () => {
    expect(clocksOf([at('n1', 0, 0), at('n1', 1, -400), at('n1', 2, 50)], 1e12)).toEqual([])
    expect(clocksOf([at('n1', 1, -5000)], 1e12)).toEqual([{ node: 'n1', atMs: 1000, offsetMs: -5000 }])
  })

  it('are not told where no node tells its own', () => {
    expect(clocksOf([sample('n1', 0, { role: 'leader' })], 0)).toEqual([])
  })
})
