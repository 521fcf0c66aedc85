import { describe, expect, it } from 'vitest'
import { targets } from '../../../targets/index.ts'
import type { Claims } from '../../api/claims.ts'
import type { Target } from '../../api/target.ts'
import { REGISTER } from '../../vocabularies/register.ts'
import { checkClaimedQuorums } from './claimed-quorums.ts'
import { claimsOf } from './claims.ts'
import { defaultsOf } from './options.ts'

const claiming = (consistency: object, clients: readonly string[] = [], others: object = {}): Target =>
  ({
    name: 'shop',
    clients: Object.fromEntries(clients.map((name) => [name, {}])),
    claims: () =>
      ({
        source: 'its manual',
        consistency,
        minority: 'refuse',
        tolerates: {},
        ...others,
      }) as unknown as Claims,
  }) as unknown as Target

const check = (consistency: object, clients?: readonly string[]): Claims =>
  claimsOf(claiming(consistency, clients), {}, REGISTER)

describe('the claims of a target', () => {
  it.each([
    ['a whole vocabulary', { queue: 'fifo-at-least-once' }],
    ['calls', { register: { read: 'eventual', write: 'linearizable' } }],
    ['a name of an earlier version', { watch: { watch: 'linearizable' } }],
  ])('may be about %s', (_, consistency) => {
    expect(check(consistency).consistency).toEqual(consistency)
  })

  it.each([
    [
      { regster: { read: 'linearizable' } },
      /^Target shop claims something for regster: there is no vocabulary named regster\. Did you mean register\? Known: register, set, /,
    ],
    [
      { register: { raed: 'linearizable' } },
      /^Target shop claims linearizable for raed of register: there is no call of register named raed\. Did you mean read\? Known: read, write, cas\.$/,
    ],
    [
      { register: { read: 'linearisable' } },
      /^Target shop claims linearisable for read of register: there is no promise for register named linearisable\. Did you mean linearizable\? Known: linearizable, sequential, /,
    ],
    [
      { queue: 'at-leastonce' },
      /^Target shop claims at-leastonce for queue: .*Did you mean at-least-once\? Known: linearizable, fifo-exactly-once, /,
    ],
    [
      { set: 'exactly-once' },
      /there is no promise for set named exactly-once\. Known: linearizable, monotonic, /,
    ],
  ])('%o is refused in one sentence', (consistency, sentence) => {
    expect(() => check(consistency)).toThrow(sentence)
  })

  it.each([
    [
      { minorty: 'refuse' },
      /^Target shop claims minorty: there is nothing of that name among claims\. Did you mean minority\? Known: source, /,
    ],
    [
      { tolerates: { partitions: 'any' } },
      /claims partitions: there is nothing of that name in tolerates\. Did you mean partition\? Known: partition, /,
    ],
    [
      { availability: { readsAnywhere: true } },
      /claims readsAnywhere: .* in availability\. Known: servesWithinMs/,
    ],
    [{ minority: 'refuses' }, /claims something impossible: minority: /],
    [{ tolerates: { kill: 'all' } }, /claims something impossible: tolerates\.kill: /],
  ])('%o is refused, too', (others, sentence) => {
    expect(() => claimsOf(claiming({}, [], others), {}, REGISTER)).toThrow(sentence)
  })

  it('may be about a vocabulary that only its clients know', () => {
    expect(() => check({ mine: { go: 'eventual' } }, ['mine'])).not.toThrow()
    expect(() => check({ mine: { go: 'eventual' } })).toThrow('no vocabulary named mine')
  })
})

it.each(Object.values(targets))('$name claims something for every vocabulary that it speaks', (target) => {
  const { consistency } = claimsOf(target, defaultsOf(target.options), REGISTER)
  expect(Object.keys(consistency)).toEqual(expect.arrayContaining(Object.keys(target.clients)))
})

describe('the quorums that a target claims', () => {
  const check = (nodes: number, ...quorums: readonly string[]): void =>
    checkClaimedQuorums('shop', { source: 'its manual', consistency: {}, tolerates: {}, quorums }, nodes)

  it('may be none, a majority, or phases that meet', () => {
    check(4)
    check(4, 'majority of nodes')
    check(5, '4 of nodes', '2 of nodes')
    // Nobody looks at every set of so many.
    check(100, 'majority of nodes')
  })

  it.each([
    [
      4,
      ['2 of nodes'],
      /^Target shop claims the quorums "2 of nodes", of which with 4 nodes \{n1, n2\} and \{n3, n4\} share no node/,
    ],
    [5, ['3 of nodes', '2 of nodes'], /"3 of nodes" and "2 of nodes", of which with 5 nodes/],
    [3, ['majority of all'], /"majority of all" is no quorum system/],
  ] as const)('are refused before anything is started: %i nodes, %j', (nodes, quorums, message) =>
    expect(() => check(nodes, ...quorums)).toThrow(message),
  )
})
