/** Quorum systems: known ones, and random ones against a look at every pair of quorums. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { describeQuorums, notMeeting, systemOf } from './describe.ts'
import { type Formula, parseQuorums } from './expression.ts'
import { liars, nodesOf, Quorums } from './quorums.ts'

const quorumsOf = (text: string): Quorums => {
  const formula = parseQuorums(text)
  return new Quorums(formula, nodesOf([formula]))
}

const shared = (text: string, other = text): number | undefined => {
  const formulas = [text, other].map((each) => parseQuorums(each))
  const nodes = nodesOf(formulas)
  const [one, two] = formulas.map((formula) => new Quorums(formula, nodes)) as [Quorums, Quorums]
  return one.meeting(two)?.shared
}

describe('known quorum systems', () => {
  it.each([
    [1, 0],
    [3, 1],
    [4, 1],
    [5, 2],
    [7, 3],
    [9, 4],
  ])('a majority of %i stands %i crashes', (nodes, crashes) => {
    const majority = quorumsOf(`majority of ${nodes}`)
    expect(majority.crashes()).toBe(crashes)
    expect(majority.meeting(majority)?.shared).toBe(nodes % 2 === 1 ? 1 : 2)
  })

  it.each([1, 2, 3, 4])('2f + 1 of 3f + 1 stand f = %i liars if values are signed, and f + 1 do not', (f) => {
    const system = quorumsOf(`${2 * f + 1} of ${3 * f + 1}`)
    const share = system.meeting(system)?.shared as number
    expect(share).toBe(f + 1)
    expect(liars(system.crashes(), share).signed).toBe(f)
    const masking = quorumsOf(`${3 * f + 1} of ${4 * f + 1}`)
    expect(liars(masking.crashes(), masking.meeting(masking)?.shared as number).unsigned).toBe(f)
  })

  it('five nodes that are up 99% of the time have a majority 0.99999015 of it', () => {
    expect(quorumsOf('majority of 5').availability([0.99, 0.99, 0.99, 0.99, 0.99])).toBeCloseTo(0.99999015, 8)
    // By hand: a is up with b or c, or b and c are.
    expect(quorumsOf('majority of (a, b, c)').availability([0.9, 0.5, 0.2])).toBeCloseTo(
      0.9 * (1 - 0.5 * 0.8) + 0.1 * 0.5 * 0.2,
      12,
    )
  })

  it('phases whose quorums meet need not meet themselves (flexible Paxos)', () => {
    expect(shared('4 of 5', '2 of 5')).toBe(1)
    expect(shared('2 of 5')).toBe(0)
    expect(shared('3 of 5', '2 of 5')).toBe(0)
    expect(notMeeting([systemOf('4 of 5'), systemOf('2 of 5')])).toBeNull()
    expect(notMeeting([systemOf('2 of 4')])).toMatch(/^\{\w+, \w+\} and \{\w+, \w+\}$/)
  })

  it('weights, grids, hierarchies and joint configurations', () => {
    expect(quorumsOf('majority of (a*3, b, c)').sizes()).toEqual({ quorums: 1, least: 1, most: 1 })
    expect(quorumsOf('grid of 3x4').sizes()).toEqual({ quorums: 12, least: 6, most: 6 })
    expect(shared('grid of 3x4')).toBe(2)
    const nine = '2 of (majority of (a,b,c), majority of (d,e,f), majority of (g,h,i))'
    expect(quorumsOf(nine).sizes()).toEqual({ quorums: 27, least: 4, most: 4 })
    expect(shared(nine)).toBe(1)
    const joint = 'all of (majority of (a,b,c), majority of (c,d,e))'
    expect(shared(joint, 'majority of (a,b,c)')).toBe(1)
    expect(shared('majority of (a,b,c)', 'majority of (c,d,e)')).toBe(0)
    // One node more or fewer at a time needs no joint configuration (Ongaro 2014, section 4.2).
    expect(shared('majority of (a,b,c)', 'majority of (a,b,c,d)')).toBe(1)
  })

  it('any of and all of count no weights', () => {
    expect(quorumsOf('any of (a*5, b)').sizes().quorums).toBe(2)
    expect(quorumsOf('all of (a*5, b)').sizes()).toEqual({ quorums: 1, least: 2, most: 2 })
  })
})

const NODES = ['a', 'b', 'c', 'd', 'e']

const { formula } = fc.letrec<{ formula: Formula }>((tie) => ({
  formula: fc.oneof(
    { maxDepth: 2 },
    fc.constantFrom(...NODES).map((node) => ({ node })),
    fc
      .tuple(
        fc.array(fc.record({ formula: tie('formula'), weight: fc.integer({ min: 1, max: 3 }) }), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.nat(),
      )
      .map(([parts, draw]) => {
        const weight = parts.reduce((sum, part) => sum + part.weight, 0)
        return { threshold: 1 + (draw % weight), parts }
      }),
  ),
}))

/** By the definition. */
const has = (system: Formula, nodes: ReadonlySet<string>): boolean => {
  if ('node' in system) return nodes.has(system.node)
  const weights = system.parts.map((part) => (has(part.formula, nodes) ? part.weight : 0))
  return weights.reduce((sum, weight) => sum + weight, 0) >= system.threshold
}

const SETS = Array.from({ length: 2 ** NODES.length }, (_, set) =>
  NODES.filter((_node, bit) => (set >> bit) & 1),
)
const quorumsIn = (system: Formula): readonly (readonly string[])[] =>
  SETS.filter((set) => has(system, new Set(set)))
const common = (one: readonly string[], other: readonly string[]): number =>
  one.filter((node) => other.includes(node)).length

it('agrees with a look at every pair of quorums', () => {
  fc.assert(
    fc.property(formula, formula, (one, other) => {
      const [a, b] = [new Quorums(one, NODES), new Quorums(other, NODES)]
      const all = quorumsIn(one).flatMap((first) => quorumsIn(other).map((second) => common(first, second)))
      const meeting = a.meeting(b)
      expect(meeting?.shared).toBe(Math.min(...all))
      expect(has(one, new Set(meeting?.one))).toBe(true)
      expect(has(other, new Set(meeting?.other))).toBe(true)
      expect(common(meeting?.one ?? [], meeting?.other ?? [])).toBe(meeting?.shared)
      const isEnough = (crashed: readonly string[]): boolean =>
        has(one, new Set(NODES.filter((node) => !crashed.includes(node))))
      const fatal = SETS.filter((set) => !isEnough(set)).map((set) => set.length)
      expect(a.crashes()).toBe(Math.min(...fatal) - 1)
      expect(a.availability([0.5, 0.5, 0.5, 0.5, 0.5])).toBeCloseTo(quorumsIn(one).length / SETS.length, 12)
    }),
    { numRuns: 300 },
  )
})

describe('an expression that is none', () => {
  it.each([
    ['', /it ends where a node/],
    ['majority 5', /5 stands at character 9 where the end was expected/],
    ['7 of 5', /7 of 5 is more than there is/],
    ['0 of 5', /0 stands at character 1/],
    ['3 of (a, b', /it ends where "\)" or "," was expected/],
    ['grid of 3', /rows and columns/],
    ['grid of 0x3', /a grid has rows and columns/],
    ['most of 5', /majority, all, any or grid/],
    ['3 of (a*0, b)', /a weight from 1 to 1000/],
    ['3 of nodes', /nodes stands at character 5/],
    ['3 of 5 & 2', /& 2 stands at character/],
  ])('%s', (text, message) => expect(() => parseQuorums(text)).toThrow(message))

  it('of more than 20 nodes is refused, since every set of them is looked at', () =>
    expect(() => nodesOf([parseQuorums('majority of 21')])).toThrow('21 nodes are too many'))

  it('but `nodes` stands for all nodes of a run', () =>
    expect(nodesOf([parseQuorums('majority of nodes', 3)])).toEqual(['n1', 'n2', 'n3']))
})

it('the description names two quorums that do not meet', () => {
  const { lines, isSound } = describeQuorums([systemOf('2 of 4')], null)
  expect(isSound).toBe(false)
  expect(lines.join('\n')).toContain('NO: {n1, n2} and {n3, n4} share no node')
  const up = (nodes: readonly string[]) => nodes.map(() => 0.99)
  expect(describeQuorums([systemOf('majority of 5')], up).lines.join('\n')).toContain('0.9999901494')
})
