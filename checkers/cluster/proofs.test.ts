import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import type { Operation } from '../../harness/api/history.ts'
import type { AnswerProof } from '../../harness/api/proof.ts'
import type { RunRecord } from '../../harness/api/record.ts'
import type { Verdict } from '../../harness/api/verdict.ts'
import { MerkleTree } from '../../harness/support/merkle.ts'
import { recordOf } from '../../harness/testing/record.ts'
import { REGISTER } from '../../harness/vocabularies/register.ts'
import { proofs } from './proofs.ts'

const MEMBERS = ['n1', 'n2', 'n3', 'n4']
const pairs = new Map(MEMBERS.map((node) => [node, generateKeyPairSync('ed25519')]))
const proofKeys = Object.fromEntries(
  [...pairs].map(([node, { publicKey }]) => [
    node,
    publicKey.export({ format: 'der', type: 'spki' }).subarray(12).toString('base64'),
  ]),
)
const tree = new MerkleTree([
  [1, 5],
  [2, 7],
])

const statement = (node: string, root = tree.root, by = node, seq = 8): AnswerProof['statements'][number] => {
  const text = JSON.stringify({ type: 'checkpoint', seq, root, replica: node })
  const key = pairs.get(by)?.privateKey as KeyObject
  return { node, text, signature: sign(null, Buffer.from(text), key).toString('base64') }
}

const proofOf = (key: number, parts: Partial<AnswerProof> = {}): AnswerProof => ({
  ...tree.pathOf(key),
  statements: ['n1', 'n2', 'n4'].map((node) => statement(node)),
  ...parts,
})

/** A read of a key that n3 answered with this value and this proof. */
const recorded = (key: number, value: number | null, proof: unknown): RunRecord => {
  const read = { process: 0, f: 'read', node: 'n3' } as const
  const history: Operation[] = [
    { ...read, index: 0, timeNs: 0, type: 'invoke', value: { key } },
    {
      ...read,
      index: 1,
      timeNs: 1000,
      type: 'ok',
      value: { key, value },
      ...(proof === null ? {} : { meta: { proof: JSON.stringify(proof), servedBy: 'n3' } }),
    },
  ]
  return recordOf({
    history,
    vocabulary: REGISTER,
    samples: MEMBERS.map((node) => ({ timeNs: 0, node, status: null })),
    claims: { source: 'docs', consistency: {}, tolerates: {}, quorums: ['two-thirds of nodes'], proofKeys },
  })
}

const judge = (key: number, value: number | null, proof: unknown): Promise<Verdict> =>
  proofs.check(recorded(key, value, proof), new AbortController().signal)

describe('an answer with a proof', () => {
  it.each([
    ['of a value', 1, 5],
    ['that there is none', 3, null],
  ])('%s is valid', async (_, key, value) => {
    expect(await judge(key, value, proofOf(key))).toMatchObject({
      status: 'valid',
      summary: expect.stringContaining('1 answers with a proof'),
    })
  })

  const lied = tree
    .pathOf(1)
    .entries.map(([key, value]): [typeof key, typeof value] => [key, key === 1 ? 6 : value])
  const broken: readonly (readonly [string, number, number | null, unknown, RegExp])[] = [
    ['of another value', 1, 6, proofOf(1), /its proof shows 5 there/],
    ['that says there is nothing', 1, null, proofOf(1), /its proof shows 5 there/],
    [
      'whose entries were changed with it',
      1,
      6,
      proofOf(1, { entries: lied }),
      /another root than the signed one/,
    ],
    ['whose entries are left out', 1, null, proofOf(1, { entries: [] }), /another root than the signed one/],
    [
      'that fewer than a quorum signed',
      1,
      5,
      proofOf(1, { statements: [statement('n1'), statement('n2')] }),
      /only n1, n2 signed it, which is no two-thirds of nodes/,
    ],
    [
      'that one signed three times',
      1,
      5,
      proofOf(1, { statements: [statement('n1'), statement('n1'), statement('n1')] }),
      /only n1 signed it/,
    ],
    [
      'in the name of another',
      1,
      5,
      proofOf(1, { statements: [statement('n1'), statement('n2'), statement('n4', tree.root, 'n3')] }),
      /n4 has not signed/,
    ],
    [
      'of two states',
      1,
      5,
      proofOf(1, { statements: [statement('n1'), statement('n2'), statement('n4', tree.root, 'n4', 16)] }),
      /another root than the signed one/,
    ],
    ['that is none', 1, 5, 'proof', /is no proof/],
  ]
  it.each(broken)('%s is invalid, alone', async (_, key, value, proof, why) => {
    const { status, summary } = await judge(key, value, proof)
    expect(status).toBe('invalid')
    expect(summary).toMatch(why)
    expect(summary).toContain('answered by n3')
  })
})

it('where no answer has a proof, or nobody claims keys, nothing is judged', () => {
  expect(proofs.applies?.(recorded(1, 5, null))).toBe(false)
  const { claims, ...rest } = recorded(1, 5, proofOf(1))
  expect(proofs.applies?.({ ...rest, claims })).toBe(true)
  expect(proofs.applies?.({ ...rest, claims: null })).toBe(false)
})

it('all members may sign, those who lied too: who they are is not changed by it', async () => {
  const statements = ['n2', 'n3', 'n4'].map((node) => statement(node))
  const record = recorded(1, 5, proofOf(1, { statements }))
  const honest = (record.samples ?? []).filter(({ node }) => node !== 'n1')
  const believed = { ...record, samples: honest, traitors: ['n1'] }
  expect((await proofs.check(believed, new AbortController().signal)).status).toBe('valid')
})
