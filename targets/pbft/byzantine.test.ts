import { describe, expect, it } from 'vitest'
import type { Liar, Stream } from '../../harness/api/byzantine.ts'
import { Verifier } from '../../harness/support/ed25519.ts'
import { rngFromSeed } from '../../harness/support/random.ts'
import { tell } from '../../harness/testing/liar.ts'
import { pbftByzantine } from './byzantine.ts'
import codec from './byzantine-codec.ts'
import { digestOf, NULL_DIGEST } from './core/texts.ts'
import type { Batch, Body, Message, Vote } from './core/types.ts'
import { keysOf, privateKeyOf, publicKeyOf } from './keys.ts'
import { request } from './testing/bench.ts'

const MEMBERS = ['n1', 'n2', 'n3', 'n4']
const publicKeys = Object.fromEntries(MEMBERS.map((node) => [node, publicKeyOf(node)]))
const n2 = keysOf(privateKeyOf('n2'), publicKeys)

/** The traitor is n1. @param accomplices of it */
const liarOf = (accomplices: readonly string[] = []): Liar =>
  codec.create({
    node: 'n1',
    nodes: Object.fromEntries(MEMBERS.map((node, i) => [node, `198.18.0.${i + 1}`])),
    secrets: { privateKey: privateKeyOf('n1') },
    accomplices: Object.fromEntries(accomplices.map((node) => [node, { privateKey: privateKeyOf(node) }])),
    rng: rngFromSeed(1),
    share: () => {},
  }) as Liar

const PEERS = { port: 9000, connection: 1 }
const said: Stream = { ...PEERS, direction: 'said', peer: 'n2', isOpenedByTraitor: true }
const heard: Stream = { ...PEERS, direction: 'heard', peer: 'n2', isOpenedByTraitor: false }
const toClient: Stream = { ...said, peer: null, port: 8000, isOpenedByTraitor: false }

const signed = <B extends Body>(body: B) => ({
  body,
  signature: keysOf(privateKeyOf(body.replica), publicKeys).sign(JSON.stringify(body)),
})

const words = (to: string, message: Message, from = 'n1') => ({
  type: 'message',
  envelope: { from, to, message },
})

const BATCH: Batch = [request(7), request(8)]
const about = { view: 0, seq: 3, digest: digestOf(BATCH), replica: 'n1' } as const
const proposal: Message & { readonly type: 'proposal' } = {
  type: 'proposal',
  batch: BATCH,
  prePrepare: signed({ type: 'pre-prepare', ...about }),
}
const commit: Message = { type: 'signed', signed: signed({ type: 'commit', ...about }) }

const messageIn = (told: unknown): Message => (told as ReturnType<typeof words>).envelope.message

const bodyIn = (told: unknown): Body => {
  const message = messageIn(told)
  if (message.type === 'signed') return message.signed.body
  if (message.type === 'proposal') return message.prePrepare.body
  throw new Error(`${message.type} has no body`)
}

/** Whether the replica that it names has signed it. */
const isSigned = (told: unknown): boolean => {
  const message = messageIn(told)
  const { body, signature } =
    message.type === 'proposal' ? message.prePrepare : (message as Message & { type: 'signed' }).signed
  return n2.isOfReplica(body.replica, JSON.stringify(body), signature)
}

describe('a traitor of PBFT', () => {
  it('tells every lie that the target names', () => {
    expect(Object.keys(liarOf().lies).toSorted()).toEqual(Object.keys(pbftByzantine.lies).toSorted())
  })

  it('knows the views in which a message proposes, and in which its sender is', () => {
    const { epochs } = liarOf()
    const told = (message: Message, from?: string) => [
      epochs?.proposedIn(words('n2', message, from)),
      epochs?.sayerIn(words('n2', message, from)),
    ]
    const replica = 'n1'
    const asking: Body = { type: 'view-change', view: 5, stable: 0, checkpoint: [], prepared: [], replica }
    const begun = { type: 'new-view', view: 5, viewChanges: [], replica } as const
    const { prePrepare } = proposal
    expect(told(proposal)).toEqual([0, 0])
    expect(told(commit)).toEqual([null, 0])
    expect(told({ type: 'signed', signed: signed(asking) })).toEqual([null, 5])
    expect(told({ type: 'signed', signed: signed({ ...begun, prePrepares: [] }) })).toEqual([null, 5])
    expect(told({ type: 'signed', signed: signed({ ...begun, prePrepares: [prePrepare] }) })).toEqual([5, 5])
    // What another has said may be told again.
    expect(told(proposal, 'n3')).toEqual([0, null])
    expect(told(commit, 'n3')).toEqual([null, null])
  })

  it('as primary, proposes another batch to some, signed, and votes there for it', () => {
    const told = tell(liarOf(), 'batches-differ', words('n2', proposal), said)
    const [instead] = told?.instead ?? []
    expect(messageIn(instead)).toMatchObject({ type: 'proposal', batch: BATCH.toReversed() })
    expect(isSigned(instead)).toBe(true)
    const digest = digestOf(BATCH.toReversed())
    const votes = (told?.also ?? []).map(({ message }) => message)
    expect(votes.map((vote) => bodyIn(vote) as Vote)).toMatchObject([
      { type: 'prepare', digest, replica: 'n1' },
      { type: 'commit', digest, replica: 'n1' },
    ])
    expect(votes.every(isSigned)).toBe(true)
  })

  it('with an accomplice, tells the two halves different batches, and both vote for both', () => {
    const liar = liarOf(['n4'])
    expect(tell(liar, 'joint-equivocation', words('n2', proposal), said)).toBeNull()
    const told = tell(liar, 'joint-equivocation', words('n3', proposal), said)
    const votes = (told?.also ?? []).map(({ message }) => message)
    expect(votes.map((vote) => bodyIn(vote).replica)).toEqual(['n1', 'n1', 'n4', 'n4'])
    expect(votes.every(isSigned)).toBe(true)
    expect(tell(liar, 'joint-equivocation', words('n3', commit), said)?.instead).toEqual([])
    expect(tell(liarOf(), 'joint-equivocation', words('n3', proposal), said)).toBeNull()
  })

  it('with accomplices, asks for a view of which one of them is the primary', () => {
    const standing = {
      isActive: true,
      executed: 5,
      stable: 0,
      missing: [],
      asked: 'n3',
      replica: 'n1',
    } as const
    const asked = (view: number) => {
      const message: Message = { type: 'signed', signed: signed({ type: 'status', view, ...standing }) }
      const told = tell(liarOf(['n4']), 'joint-equivocation', words('n2', message), said)
      return told?.also?.map(({ message: each }) => bodyIn(each))
    }
    expect(asked(1)).toMatchObject([
      { type: 'view-change', view: 3, replica: 'n1' },
      { type: 'view-change', view: 3, replica: 'n4' },
    ])
    expect(asked(0)).toBeUndefined()
  })

  it('votes for the null request too', () => {
    const told = tell(liarOf(), 'votes-for-all', words('n2', commit), said)
    expect(told?.instead).toEqual([words('n2', commit)])
    expect(told?.also?.map(({ message }) => bodyIn(message))).toMatchObject([
      { type: 'prepare', digest: NULL_DIGEST },
      { type: 'commit', digest: NULL_DIGEST },
    ])
  })

  it('cannot sign for others', () => {
    const told = tell(liarOf(), 'forged-votes', words('n2', commit), said)
    const votes = (told?.also ?? []).map(({ message }) => message)
    expect(votes.map((vote) => bodyIn(vote).replica)).toEqual(['n2', 'n3', 'n4'])
    expect(votes.some(isSigned)).toBe(false)
  })

  it.each(['requests-changed', 'digests-kept'])(
    '%s: what is proposed is refused by honest replicas',
    (lie) => {
      const told = tell(liarOf(), lie, words('n2', proposal), said)
      const message = messageIn(told?.instead[0]) as Message & { type: 'proposal' }
      const isSameDigest = digestOf(message.batch) === message.prePrepare.body.digest
      expect(isSigned(told?.instead[0])).toBe(true)
      expect(message.batch).not.toEqual(BATCH)
      expect(isSameDigest).toBe(lie === 'requests-changed')
    },
  )

  it('sends a state of its own to whoever has told where it stands', () => {
    const liar = liarOf()
    const standing = { view: 0, isActive: true, executed: 5, stable: 0, missing: [], asked: 'n3' } as const
    const status = (replica: string): Message => ({
      type: 'signed',
      signed: signed({ type: 'status', ...standing, replica }),
    })
    tell(liar, 'false-checkpoints', words('n1', status('n2'), 'n2'), heard)
    const told = tell(liar, 'false-checkpoints', words('n2', status('n1')), said)
    expect(messageIn(told?.also?.[0]?.message)).toMatchObject({
      type: 'state',
      certificate: [{ body: { seq: 6, replica: 'n1' } }],
    })
  })

  it('tells nothing of what prepared', () => {
    const prePrepare = signed({ type: 'pre-prepare', ...about } as const)
    const viewChange = {
      type: 'view-change',
      view: 1,
      stable: 0,
      checkpoint: [],
      prepared: [{ prePrepare, prepares: [] }],
      replica: 'n1',
    } as const
    const message: Message = { type: 'signed', signed: signed(viewChange) }
    const told = tell(liarOf(), 'prepared-hidden', words('n2', message), said)
    expect(bodyIn(told?.instead[0])).toMatchObject({ view: 1, prepared: [] })
  })

  it('signs other results for clients, the same as its accomplices', () => {
    const body = {
      type: 'reply',
      view: 0,
      client: 'c',
      timestamp: 1,
      result: { type: 'value', value: { key: 1, value: 5 } },
      replica: 'n1',
    }
    const answer = {
      type: 'answer',
      status: 200,
      body: { body, signature: '' },
      request: { type: 'request', path: '/request', body: {} },
    }
    const [one, other] = [liarOf(), liarOf(['n4'])].map((liar) => {
      const told = tell(liar, 'false-answers', answer, toClient)?.instead[0] as typeof answer
      return told.body
    })
    expect(one?.body.result.value.value).not.toBe(5)
    expect(other?.body).toEqual(one?.body)
    const text = JSON.stringify(one?.body)
    expect(new Verifier().isOf(publicKeys.n1 as string, text, one?.signature as string)).toBe(true)
  })
})
