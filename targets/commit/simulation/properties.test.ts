import { describe, expect, it } from 'vitest'
import type { Event, Outcome, Prepared, Reason } from '../core/types.ts'
import { Properties } from './properties.ts'

const TX = { tx: 'n1.1.1', participants: ['n1', 'n2'] }

const votes = (vote: 'yes' | 'no'): Event => ({
  ...TX,
  did: 'voted',
  vote,
  why: vote === 'no' ? 'locked' : null,
})
const decides = (outcome: Outcome, why: Reason | null = null): Event => ({
  ...TX,
  did: 'decided',
  as: 'participant',
  outcome,
  why,
})

/** The first property that is broken by these events, by name. */
const broken = (...events: readonly (readonly [string, Event])[]): string | null => {
  const properties = new Properties()
  for (const [id, event] of events) {
    const violation = properties.on(id, event)
    if (violation !== null) return violation.slice(0, violation.indexOf(':'))
  }
  return null
}

const BOTH_YES = [
  ['n1', votes('yes')],
  ['n2', votes('yes')],
] as const

describe('atomic commitment', () => {
  it('holds where all vote yes and commit, and where one votes no and all abort', () => {
    expect(broken(...BOTH_YES, ['n1', decides('commit')], ['n2', decides('commit')])).toBeNull()
    expect(broken(['n1', votes('yes')], ['n2', votes('no')], ['n1', decides('abort')])).toBeNull()
    expect(
      broken(...BOTH_YES, ['n1', decides('abort', 'timeout')], ['n2', decides('abort', 'told')]),
    ).toBeNull()
  })

  it.each([
    [
      'all decide the same (AC1)',
      [...BOTH_YES, ['n1', decides('commit')], ['n2', decides('abort', 'unknown')]],
    ],
    [
      'no decision is reversed (AC2)',
      [...BOTH_YES, ['n1', decides('commit')], ['n1', decides('abort', 'unknown')]],
    ],
    [
      'commit only if all voted yes (AC3)',
      [
        ['n1', votes('yes')],
        ['n1', decides('commit')],
      ],
    ],
    ['abort only for a reason (AC4)', [...BOTH_YES, ['n1', decides('abort', 'alone')]]],
    ['abort only for a reason (AC4)', [...BOTH_YES, ['n1', decides('abort', 'told')]]],
    [
      'one vote',
      [
        ['n1', votes('yes')],
        ['n1', votes('no')],
      ],
    ],
  ] as const)('%s', (name, events) => expect(broken(...events)).toBe(name))
})

describe('locks', () => {
  const held = (tx: string, reads: readonly string[], writes: readonly string[]): Prepared => ({
    tx,
    participants: ['n1'],
    reads,
    writes: writes.map((key) => [key, 1]),
    results: [],
  })
  const locks = (...all: readonly Prepared[]): string | null => new Properties().locks('n1', all)

  it('may be shared by readers', () =>
    expect(locks(held('a', ['k'], []), held('b', ['k'], ['l']))).toBeNull())

  it('may not be shared with a writer', () => {
    expect(locks(held('a', [], ['k']), held('b', [], ['k']))).toContain('both write k')
    expect(locks(held('a', ['k'], []), held('b', [], ['k']))).toContain('a reads k, which b writes')
  })
})
