import { describe, expect, it } from 'vitest'
import type { RunVerdict } from '../api/verdict.ts'
import type { PageEffect } from './effects.ts'
import type { PageFault } from './faults.ts'
import {
  keepClocks,
  keepEffects,
  keepFaults,
  keepImpacts,
  keepLateness,
  keepRoles,
  keepSetbacks,
  LeftOut,
  LIMITS,
  nearTo,
  smallerLimits,
} from './limits.ts'
import type { PageRole } from './nodes.ts'

const nowhere = nearTo([])
const numbers = (count: number) => Array.from({ length: count }, (_, i) => i)

const fault = (i: number, more: Partial<PageFault> = {}): PageFault => ({
  id: `kill-${i}`,
  kind: 'kill',
  label: 'kill',
  colour: 'purple',
  plannedStartMs: i * 1e4,
  plannedEndMs: i * 1e4 + 1e3,
  inForce: { startMs: i * 1e4, endMs: i * 1e4 + 1e3 },
  effective: true,
  victims: [],
  planned: '',
  summary: '',
  lies: [],
  ...more,
})

const ids = (faults: readonly PageFault[]) => faults.map(({ id }) => Number(id.slice(5)))

describe('what a page leaves out', () => {
  it('is nothing where there is room, and nothing is said', () => {
    const left = new LeftOut()
    const all = numbers(5).map((i) => fault(i))
    expect(keepFaults(all, 5, nowhere, left)).toBe(all)
    expect(left.sentences).toEqual([])
  })

  it('is spread evenly where nothing tells more, and said', () => {
    const left = new LeftOut()
    const kept = ids(
      keepFaults(
        numbers(10_000).map((i) => fault(i)),
        1000,
        nowhere,
        left,
      ),
    )
    expect(kept).toEqual(kept.toSorted((a, b) => a - b))
    for (let from = 0; from < 10_000; from += 1000) {
      const inPart = kept.filter((i) => i >= from && i < from + 1000).length
      expect(inPart).toBeGreaterThan(80)
      expect(inPart).toBeLessThan(120)
    }
    expect(left.sentences).toEqual([expect.stringContaining('This page shows 1,000 of 10,000 faults: ')])
  })

  it('is no fault near the evidence, and none that had no effect while there is room', () => {
    const all = numbers(1000).map((i) => fault(i, { effective: i % 100 !== 3 }))
    const kept = ids(keepFaults(all, 30, nearTo([5_000_000]), new LeftOut()))
    for (const i of numbers(13)) expect(kept).toContain(494 + i)
    for (const i of numbers(10)) expect(kept).toContain(100 * i + 3)
  })

  it('is no fault that was made while there are others that were not', () => {
    const all = numbers(1000).map((i) => fault(i, i % 10 === 0 ? {} : { inForce: null, effective: false }))
    const kept = ids(keepFaults(all, 150, nowhere, new LeftOut()))
    for (const i of numbers(100)) expect(kept).toContain(10 * i)
  })

  it('is no span of a leader or of silence while there is room, then the shortest', () => {
    const role = (i: number, name: PageRole['role'], lastsMs: number): PageRole => ({
      node: 'n1',
      role: name,
      term: i,
      leader: null,
      startMs: i * 1000,
      endMs: i * 1000 + lastsMs,
    })
    const all = numbers(100).map((i) =>
      role(i, i % 10 === 0 ? 'leader' : i % 10 === 1 ? 'down' : 'follower', i),
    )
    const kept = keepRoles(all, 25, nowhere, new LeftOut()).map(({ term }) => term)
    expect(kept.filter((term) => Number(term) % 10 < 2).length).toBe(20)
    expect(kept.filter((term) => Number(term) % 10 > 1)).toEqual([95, 96, 97, 98, 99])
  })

  it('is the shortest of what clocks did', () => {
    const all = numbers(10).flatMap((i) => [
      { node: 'n1', atMs: i * 1000, offsetMs: 500 },
      { node: 'n1', atMs: i * 1000 + (i === 4 ? 900 : 10), offsetMs: 0 },
    ])
    const kept = keepClocks(all, 11, new LeftOut())
    expect(kept).toContainEqual({ node: 'n1', atMs: 4000, offsetMs: 500 })
    expect(kept.filter(({ offsetMs }) => offsetMs === 0).length).toBe(10)
  })

  it('is the least of lateness, and of setbacks those that a restart explains', () => {
    const late = numbers(10).map((i) => ({ startMs: i, endMs: i + 1, share: ((i * 7) % 10) / 10 }))
    expect(
      keepLateness(late, 3, new LeftOut())
        .map(({ share }) => share)
        .sort(),
    ).toEqual([0.7, 0.8, 0.9])
    const setbacks = numbers(10).map((i) => ({
      node: 'n1',
      number: i,
      atMs: i,
      what: 'term' as const,
      beforeMs: 0,
      from: 2,
      to: 1,
      isAfterSilence: i !== 7 && i !== 2,
    }))
    expect(keepSetbacks(setbacks, 2, new LeftOut()).map(({ number }) => number)).toEqual([2, 7])
  })

  it('is no effect that was seen twice, and effects keep their causes', () => {
    const effect = (i: number, more: Partial<PageEffect> = {}): PageEffect => ({
      service: 'sink',
      number: i,
      atMs: i * 1e5,
      outcome: 'done',
      key: `k${i}`,
      cause: i,
      text: '',
      ...more,
    })
    const effects = numbers(100).map((i) =>
      effect(i, i === 60 ? { key: 'k20' } : i === 70 ? { outcome: 'stale' } : {}),
    )
    const kept = keepEffects({ effects, causes: numbers(100).map((i) => [i * 2]) }, 4, nowhere, new LeftOut())
    const told = kept.effects.map(({ number }) => number)
    for (const i of [20, 60, 70]) expect(told).toContain(i)
    expect(kept.effects.map(({ number, cause }) => kept.causes[cause]?.[0] === 2 * Number(number))).toEqual([
      true,
      true,
      true,
      true,
    ])
    expect(kept.causes.length).toBe(4)
  })

  it('is the quickest of recoveries, and of partitions those in which no read was stale', () => {
    const recoveries = numbers(10).map((i) => ({
      fault: `f${i}`,
      kind: 'kill',
      firstOkMs: i === 5 ? null : i,
      readyMs: 0,
      rateBackMs: 0,
    }))
    const sides = numbers(10).map((i) => ({ fault: `f${i}`, sides: [{ stale: i === 8 ? 1 : 0 }] }))
    const verdict = { impact: { recoveries, sides } } as unknown as RunVerdict
    const { impact } = keepImpacts(verdict, 2, new LeftOut())
    expect(impact?.recoveries.map(({ fault: id }) => id)).toEqual(['f5', 'f9'])
    expect(impact?.sides?.map(({ fault: id }) => id)).toContain('f8')
  })
})

describe('a page that is too large', () => {
  it('is made with smaller limits for the parts that are, until it fits', () => {
    let limits = LIMITS
    const bytesOf = ({ operations, samples, logLines }: typeof LIMITS) => ({
      operations: operations * 90,
      log: logLines * 10,
      data: 1e6 + samples * 200,
    })
    for (
      let next: typeof LIMITS | null = limits;
      next !== null;
      next = smallerLimits(limits, bytesOf(limits))
    )
      limits = next
    const { operations, log, data } = bytesOf(limits)
    expect(operations + log + data).toBeLessThan(20e6)
    expect(limits.logLines).toBe(LIMITS.logLines)
    expect(limits.operations).toBeGreaterThan(80_000)
    expect(limits.samples).toBeGreaterThan(7000)
  })

  it('is left as it is where less of what has no end does not make it smaller', () => {
    let limits = LIMITS
    let rounds = 0
    for (
      let next: typeof LIMITS | null = limits;
      next !== null;
      next = smallerLimits(limits, { operations: 0, log: 0, data: 9e6 })
    ) {
      limits = next
      rounds++
    }
    expect(rounds).toBeLessThan(15)
    expect(limits.operations).toBe(LIMITS.operations)
  })
})
