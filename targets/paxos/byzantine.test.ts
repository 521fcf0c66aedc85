import { describe, expect, it } from 'vitest'
import { liarOf, PEER_STREAMS, tell, words, writeOf } from '../../harness/testing/liar.ts'
import { paxosByzantine } from './byzantine.ts'
import codec from './byzantine-codec.ts'
import type { Entry, Message } from './core/types.ts'

const entry = (slot: number, value: number): Entry => ({
  slot,
  proposed: 4,
  command: writeOf(slot, value),
})
const accept = (entries: readonly Entry[]): Message => ({
  type: 'accept',
  ballot: 4,
  entries,
  chosenTo: 5,
  round: 9,
})
const { said, heard } = PEER_STREAMS

describe('a traitor of Paxos', () => {
  it('tells every lie that the target names', () => {
    expect(Object.keys(liarOf(codec).liar.lies).toSorted()).toEqual(
      Object.keys(paxosByzantine.lies).toSorted(),
    )
  })

  it('knows the ballots in which a message proposes, and in which its sender is', () => {
    const { epochs } = liarOf(codec).liar
    const told = (message: Message) => [
      epochs?.proposedIn(words('n1', 'n3', message)),
      epochs?.sayerIn(words('n1', 'n3', message)),
    ]
    expect(told(accept([entry(6, 10)]))).toEqual([4, 4])
    expect(told(accept([]))).toEqual([null, 4])
    expect(told({ type: 'prepare', ballot: 7 })).toEqual([null, 7])
    expect(told({ type: 'refuse', ballot: 4, promised: 8 })).toEqual([null, 8])
    expect(told({ type: 'learn', entries: [entry(6, 10)], chosenTo: 6 })).toEqual([null, null])
  })

  it('promises and accepts where it has promised more', () => {
    const { liar } = liarOf(codec)
    const refuse = words('n3', 'n1', { type: 'refuse', ballot: 4, promised: 8 })
    tell(liar, 'promises-to-all', words('n1', 'n3', { type: 'prepare', ballot: 4 }), heard)
    expect(tell(liar, 'promises-to-all', refuse, said)?.instead).toEqual([
      words('n3', 'n1', { type: 'promise', ballot: 4, chosenTo: 0, accepted: [] }),
    ])
    tell(liar, 'promises-to-all', words('n1', 'n3', accept([entry(6, 10)])), heard)
    expect(tell(liar, 'promises-to-all', refuse, said)?.instead).toEqual([
      words('n3', 'n1', { type: 'accepted', ballot: 4, slots: [6], round: 9 }),
    ])
  })

  it('promises without what it has accepted', () => {
    const { liar } = liarOf(codec)
    const promise = {
      type: 'promise',
      ballot: 4,
      chosenTo: 5,
      accepted: [{ ballot: 4, entry: entry(6, 10) }],
    } as const
    expect(tell(liar, 'promises-forget', words('n3', 'n1', promise), said)?.instead).toEqual([
      words('n3', 'n1', { ...promise, chosenTo: 0, accepted: [] }),
    ])
  })

  it('accepts what it has not let in', () => {
    const { liar } = liarOf(codec)
    const truth = words('n1', 'n3', accept([entry(6, 10)]))
    expect(tell(liar, 'accepted-unstored', truth, heard)?.instead).toEqual([words('n1', 'n3', accept([]))])
    const accepted = { type: 'accepted', ballot: 4, slots: [], round: 9 } as const
    expect(tell(liar, 'accepted-unstored', words('n3', 'n1', accepted), said)?.instead).toEqual([
      words('n3', 'n1', { ...accepted, slots: [6] }),
    ])
  })

  it.each([
    ['forged-proposals', 'n1', 'accept'],
    ['values-never-chosen', 'n3', 'learn'],
  ])('%s: says in the name of %s what nobody has proposed', (lie, from, type) => {
    const { liar } = liarOf(codec)
    const truth = words('n1', 'n3', accept([entry(6, 10)]))
    const told = tell(liar, lie, truth, heard)
    expect(told?.instead).toEqual([truth])
    expect(told?.also).toMatchObject([
      { to: 'n2', message: { envelope: { from, message: { type, chosenTo: 7, entries: [{ slot: 7 }] } } } },
    ])
  })

  it('proposes other values to some, the same ones to each again', () => {
    const { liar } = liarOf(codec)
    const [first, again] = [1, 2].map(() =>
      tell(liar, 'values-differ', words('n3', 'n1', accept([entry(6, 10)])), said),
    )
    expect(first?.instead).toEqual(again?.instead)
    expect(JSON.stringify(first?.instead)).not.toContain('"value":10}')
  })
})
