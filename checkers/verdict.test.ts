import { describe, expect, it } from 'vitest'
import { type Conclusion, conclude, type Finding } from './verdict.ts'

type Kind = 'lost' | 'stale'

const found = (kind: Kind, ...operations: readonly number[]): Finding<Kind> => ({
  kind,
  text: `${kind} at ${operations[0]}`,
  operations,
})

const BASE: Conclusion<Kind> = {
  seen: '3 reads',
  clean: 'all agree',
  unproven: null,
  kinds: ['lost', 'stale'],
  details: { reads: 3 },
}

describe('the verdict that follows from findings', () => {
  it('is valid where nothing was found, and counts what was not', () => {
    expect(conclude([], BASE)).toEqual({
      status: 'valid',
      summary: '3 reads: all agree.',
      evidence: [],
      details: { reads: 3, lost: 0, stale: 0 },
    })
  })

  it('is unknown where that proves nothing', () => {
    expect(conclude([], { ...BASE, unproven: 'nothing was read' })).toMatchObject({
      status: 'unknown',
      summary: '3 reads: nothing is proven, since nothing was read.',
    })
  })

  it('is invalid where anything was found, however little was proven; what weighs most comes first', () => {
    const judged = conclude([found('stale', 4), found('lost', 7, 8), found('stale', 9)], {
      ...BASE,
      unproven: 'it ended early',
    })
    expect(judged).toMatchObject({
      status: 'invalid',
      summary: 'Lost (1), stale (2) in 3 reads; first, lost at 7.',
      details: { lost: 1, stale: 2 },
    })
    expect(judged.evidence).toEqual([
      { title: 'lost: 1', text: 'lost at 7', operations: [7, 8] },
      { title: 'stale: 2', text: 'stale at 4\nstale at 9', operations: [4, 9] },
    ])
  })

  it('a single finding is not called the first', () => {
    expect(conclude([found('lost', 7)], BASE).summary).toBe('Lost (1) in 3 reads: lost at 7.')
  })

  it('shows a kind that is allowed, after the others, and does not hold it against anyone', () => {
    const allows = (kind: Kind): boolean => kind === 'stale'
    const weak = conclude([found('stale', 4)], { ...BASE, allows })
    expect(weak).toMatchObject({
      status: 'valid',
      summary: '3 reads: stale (1), no more than was promised.',
      evidence: [{ title: 'stale: 1 (no more than was promised)' }],
    })
    const both = conclude([found('stale', 4), found('lost', 7)], { ...BASE, allows, because: 'as always' })
    expect(both.status).toBe('invalid')
    expect(both.summary).toBe('Lost (1) in 3 reads: lost at 7; stale (1), as always.')
    expect(both.evidence.map(({ title }) => title)).toEqual(['lost: 1', 'stale: 1 (as always)'])
  })

  it('shows a few of each kind, and says how many it does not', () => {
    const many = Array.from({ length: 13 }, (_, i) => found('lost', i))
    const { text, operations } = conclude(many, BASE).evidence[0] ?? { text: '', operations: [] }
    expect(text.split('\n').slice(9)).toEqual(['lost at 9', 'and 3 more'])
    expect(operations).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
  })

  it('shows the proof in place of the line, with its time; and the note of a kind', () => {
    const judged = conclude([{ ...found('lost', 3), proof: 'a table', atNs: 5 }], {
      ...BASE,
      brokenIs: 'unknown',
      note: (kind) => `all that was ${kind}`,
      aside: 'beware',
    })
    expect(judged).toMatchObject({
      status: 'unknown',
      summary: 'Lost (1) in 3 reads: lost at 3; beware.',
      evidence: [{ text: 'a table\n\nall that was lost', atNs: 5 }],
    })
  })
})
