import { describe, expect, it } from 'vitest'
import { CLIENT_STREAMS, liarOf, PEER_STREAMS, tell, words, writeOf } from '../../harness/testing/liar.ts'
import { raftByzantine } from './byzantine.ts'
import codec from './byzantine-codec.ts'
import type { Entry, Message } from './core/types.ts'

const entry = (index: number, value: number): Entry => ({
  index,
  term: 2,
  command: writeOf(index, value),
})
const append = (entries: readonly Entry[]): Message => ({
  type: 'append',
  term: 2,
  prevIndex: 4,
  prevTerm: 2,
  entries,
  commit: 4,
  round: 7,
})
const { said, heard } = PEER_STREAMS

describe('a traitor of Raft', () => {
  it('tells every lie that the target names', () => {
    expect(Object.keys(liarOf(codec).liar.lies).toSorted()).toEqual(
      Object.keys(raftByzantine.lies).toSorted(),
    )
  })

  it('knows the terms in which a message proposes, and in which its sender is', () => {
    const { epochs } = liarOf(codec).liar
    const told = (message: Message) => [
      epochs?.proposedIn(words('n1', 'n3', message)),
      epochs?.sayerIn(words('n1', 'n3', message)),
    ]
    expect(told(append([entry(5, 10)]))).toEqual([2, 2])
    expect(told(append([]))).toEqual([null, 2])
    expect(told({ type: 'voteReply', term: 3, granted: true })).toEqual([null, 3])
    expect(told({ type: 'preVote', term: 4, lastIndex: 0, lastTerm: 0 })).toEqual([null, null])
  })

  it('grants its vote in the term in which it was asked', () => {
    const { liar } = liarOf(codec)
    const ask: Message = { type: 'vote', term: 5, lastIndex: 0, lastTerm: 0 }
    expect(tell(liar, 'votes-for-all', words('n1', 'n3', ask), heard)).toBeNull()
    const refused = words('n3', 'n1', { type: 'voteReply', term: 6, granted: false })
    const granted = words('n3', 'n1', { type: 'voteReply', term: 5, granted: true })
    expect(tell(liar, 'votes-for-all', refused, said)?.instead).toEqual([granted])
    expect(tell(liar, 'votes-for-all', granted, said)).toBeNull()
  })

  it('sends different values to different peers, and each the same ones again', () => {
    const { liar } = liarOf(codec)
    const [first, again, other] = ['n1', 'n1', 'n2'].map((to) =>
      tell(liar, 'entries-differ', words('n3', to, append([entry(5, 10)])), said),
    )
    expect(first?.instead).toEqual(again?.instead)
    const valuesIn = (told: typeof first): string =>
      JSON.stringify(told?.instead).replaceAll(/"to":"n."/g, '')
    expect(valuesIn(first)).not.toBe(valuesIn(other))
    expect(valuesIn(first)).not.toContain('"value":10}')
    expect(tell(liar, 'entries-differ', words('n3', 'n1', append([])), said)).toBeNull()
  })

  it("forges the leader's next entry for those who are neither the leader nor itself", () => {
    const { liar } = liarOf(codec)
    const truth = words('n1', 'n3', append([entry(5, 10)]))
    const told = tell(liar, 'forged-entries', truth, heard)
    expect(told?.instead).toEqual([truth])
    expect(told?.also).toHaveLength(1)
    expect(told?.also?.[0]).toMatchObject({
      to: 'n2',
      message: {
        envelope: {
          from: 'n1',
          message: {
            type: 'append',
            term: 2,
            prevIndex: 5,
            prevTerm: 2,
            entries: [{ index: 6, term: 2 }],
            commit: 6,
          },
        },
      },
    })
  })

  it('acknowledges what it has not let in', () => {
    const { liar } = liarOf(codec)
    const truth = words('n1', 'n3', append([entry(5, 10), entry(6, 11)]))
    expect(tell(liar, 'acknowledged-unstored', truth, heard)?.instead).toEqual([
      words('n1', 'n3', append([])),
    ])
    const reply = { type: 'appendReply', term: 2, success: true, index: 4, round: 7 } as const
    expect(tell(liar, 'acknowledged-unstored', words('n3', 'n1', reply), said)?.instead).toEqual([
      words('n3', 'n1', { ...reply, index: 6 }),
    ])
  })

  it('colludes only with accomplices, and vouches for what they have forged', () => {
    const truth = words('n1', 'n3', append([entry(5, 10)]))
    expect(tell(liarOf(codec).liar, 'joint-forgery', truth, heard)).toBeNull()
    const { liar, shared } = liarOf(codec, ['n4'])
    const told = tell(liar, 'joint-forgery', truth, heard)
    expect(shared).toHaveLength(1)
    const accomplice = liarOf(codec, ['n4'])
    accomplice.liar.learn?.('n4', shared[0])
    expect(tell(accomplice.liar, 'joint-forgery', truth, heard)?.also).toEqual(told?.also)
  })
})

describe('false answers', () => {
  const { liar } = liarOf(codec)
  const request = (f: string) => ({
    type: 'request',
    path: '/call',
    body: { vocabulary: 'register', call: { f, value: { key: 'k', value: 3 } } },
  })
  const answer = (f: string, status: number, body: object) => ({
    type: 'answer',
    status,
    body,
    request: request(f),
  })

  it('have another value, in the form that the client expects', () => {
    const told = tell(
      liar,
      'false-answers',
      answer('read', 200, { value: 8, term: 1, index: 2 }),
      CLIENT_STREAMS.said,
    )
    const [instead] = (told?.instead ?? []) as { readonly body: { readonly value: number } }[]
    expect(instead?.body).toMatchObject({ term: 1, index: 2 })
    expect(instead?.body.value).toBeGreaterThan(8)
  })

  it('say that a refused change took effect, once it is known what such an answer looks like', () => {
    const refused = answer('write', 421, { error: 'not-leader', leader: 'n1' })
    expect(tell(liar, 'false-answers', refused, CLIENT_STREAMS.said)).toBeNull()
    tell(liar, 'false-answers', answer('write', 200, { value: null }), CLIENT_STREAMS.said)
    expect(tell(liar, 'false-answers', refused, CLIENT_STREAMS.said)?.instead).toEqual([
      { ...refused, status: 200, body: { value: null, term: 0, index: 0 } },
    ])
  })
})
