import { describe, expect, it } from 'vitest'
import type { Claims } from '../../harness/api/claims.ts'
import type { RunRecord, Sample } from '../../harness/api/record.ts'
import { bareRecord } from '../../harness/store/run-store.ts'
import { agreement } from './agreement.ts'

const sample = (node: string, at: number, digest: string, timeNs = at): Sample => ({
  timeNs,
  node,
  status: { role: 'follower', term: 1, digest, digestAt: at },
})
const record = (samples: readonly Sample[]) => ({
  ...bareRecord([]),
  samples,
  claims: { source: 's' } as Claims,
})
const judge = (samples: readonly Sample[]) => agreement.check(record(samples), new AbortController().signal)

describe('agreement', () => {
  it('valid if equal positions have equal digests', async () => {
    expect(await judge([sample('n1', 5, 'a'), sample('n2', 5, 'a'), sample('n1', 9, 'b')])).toMatchObject({
      status: 'valid',
      details: { compared: 1 },
    })
  })

  it('invalid if two nodes differ at the same position, or a node differs from itself', async () => {
    const verdict = await judge([sample('n1', 5, 'a'), sample('n2', 7, 'b'), sample('n3', 5, 'c', 1e9)])
    expect(verdict).toMatchObject({
      status: 'invalid',
      summary:
        'Replicas disagree in the digests of 3 samples: at position 5 of the log n1 had digest a at 0.000 s, n3 had digest c at 1.000 s.',
    })
    expect(verdict.evidence[0]?.text).toContain('n3  c')
    expect(verdict.evidence[0]?.anomaly).toBe('diverging replicas')
    expect(verdict.evidence[0]?.view).toMatchObject({
      rows: [
        { mark: 'first digest', cells: ['0.000 s', 'n1', '5', 'a', 'follower', '1'] },
        { mark: 'differs', cells: ['1.000 s', 'n3', '5', 'c', 'follower', '1'] },
      ],
      omitted: 0,
    })
    expect(await judge([sample('n1', 5, 'a'), sample('n1', 5, 'b')])).toMatchObject({ status: 'invalid' })
  })

  it('unknown if no position was seen twice', async () => {
    expect(await judge([sample('n1', 5, 'a'), sample('n2', 6, 'a')])).toMatchObject({ status: 'unknown' })
  })

  it('of one node is not judged, unless that differs from itself', async () => {
    const alone = (samples: readonly Sample[]): RunRecord => {
      const all = record(samples)
      return { ...all, spec: { ...all.spec, nodes: 1 } as RunRecord['spec'] }
    }
    expect(agreement.applies?.(alone([sample('n1', 5, 'a'), sample('n1', 6, 'b')]))).toBe(false)
    const torn = alone([sample('n1', 5, 'a'), sample('n1', 5, 'b')])
    expect(agreement.applies?.(torn)).toBe(true)
    expect(await agreement.check(torn, new AbortController().signal)).toMatchObject({ status: 'invalid' })
  })

  it('compares earlier digests too; a node that agrees only with itself proves nothing', async () => {
    const earlier = (node: string, digests: Readonly<Record<string, string>>): Sample => ({
      timeNs: 1,
      node,
      status: { role: 'follower', earlierDigests: digests },
    })
    expect(
      await judge([earlier('n1', { 16: 'a', 32: 'b' }), earlier('n2', { 32: 'c', 48: 'd' })]),
    ).toMatchObject({ status: 'invalid', details: { position: 32 } })
    expect(await judge([earlier('n1', { 16: 'a' }), earlier('n2', { 16: 'a' })])).toMatchObject({
      status: 'valid',
      details: { compared: 1 },
    })
    expect(await judge([earlier('n1', { 16: 'a' }), earlier('n1', { 16: 'a' })])).toMatchObject({
      status: 'unknown',
    })
  })

  it('compares digests only where what else they depend on is the same', async () => {
    const compacted = (node: string, digest: string, upTo: number): Sample => ({
      timeNs: 1,
      node,
      status: {
        role: 'follower',
        ...{
          digest,
          digestAt: 9,
          digestBasis: `compacted up to ${upTo}`,
          earlierDigests: { 7: `e${digest}` },
        },
      },
    })
    expect(await judge([compacted('n1', 'a', 3), compacted('n2', 'b', 5)])).toMatchObject({
      status: 'unknown',
    })
    expect(
      await judge([compacted('n1', 'a', 3), compacted('n2', 'b', 5), compacted('n3', 'b', 5)]),
    ).toMatchObject({ status: 'valid', details: { compared: 2 } })
    const apart = await judge([
      ...[compacted('n1', 'a', 5), compacted('n2', 'b', 3), compacted('n3', 'c', 5)],
      compacted('n4', 'c', 5),
    ])
    expect(apart).toMatchObject({ status: 'invalid', details: { position: 7 } })
    expect(apart.evidence[0]?.text).not.toContain('n2')
    expect(apart.evidence[0]?.odd?.map(({ node }) => node)).toEqual(['n1'])
  })

  it('is left out if nodes report no digest', () => {
    expect(agreement.applies?.(record([{ timeNs: 0, node: 'n1', status: { role: 'leader' } }]))).toBe(false)
    expect(agreement.applies?.(record([{ timeNs: 0, node: 'n1', status: null }, sample('n1', 1, 'a')]))).toBe(
      true,
    )
  })
})
