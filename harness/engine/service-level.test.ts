import { describe, expect, it } from 'vitest'
import { NS_PER_MS } from '../support/time.ts'
import { EFFECTS } from '../vocabularies/effects.ts'
import { ELECTION } from '../vocabularies/election.ts'
import { REGISTER } from '../vocabularies/register.ts'
import { leastShareBefore, provesService, ServiceLevel } from './service-level.ts'

const signal = new AbortController().signal

/** A cluster that has acknowledged once every `everyMs` in each span of [from, to) ms. */
const served = (everyMs: number, ...spans: readonly (readonly [number, number])[]) => {
  let nowNs = 0
  const level = new ServiceLevel(() => nowNs, signal)
  const at = (ms: number): ServiceLevel => {
    nowNs = ms * NS_PER_MS
    return level
  }
  for (const [from, to] of spans) for (let ms = from; ms < to; ms += everyMs) at(ms).acknowledged()
  return at
}

describe('the level of service', () => {
  it('is the share of the time in which it served, on a slow machine too', () => {
    const at = served(5, [0, 4000])
    expect(at(4000).share).toBe(1)
    for (let ms = 4000; ms < 6000; ms += 12) at(ms).acknowledged()
    expect(at(6000).share).toBe(1)
    expect(at(8000).share).toBe(0.75)
  })

  it('is the same as by a list of all windows, whatever was served in each', () => {
    const counts = Array.from({ length: 400 }, (_, i) => ((i * 7919) % 23 === 0 ? 0 : (i * 31) % 17))
    const at = served(1)
    for (const [window, count] of counts.entries())
      for (let i = 0; i < count; i++) at(250 * window + 10 * i).acknowledged()
    const busy = counts.filter((count) => count > 0).sort((a, b) => a - b)
    const least = Math.max(1, 0.4 * (busy[Math.floor(0.75 * busy.length)] ?? 0))
    const share = counts.filter((count) => count >= least).length / counts.length
    expect(share).toBeGreaterThan(0.5)
    expect(at(250 * counts.length).share).toBe(share)
  })

  it('is not less because much was acknowledged at once', () => {
    const at = served(20, [0, 4000])
    for (let i = 0; i < 200; i++) at(4000).acknowledged()
    expect(at(4250).share).toBe(1)
  })

  it('is back once enough was served and something is served now', async () => {
    const at = served(5, [0, 4000])
    expect(await at(4100).isBack(9e9, 0.6)).toBe(true)
    expect(await at(4400).isBack(4.4e9 - 1, 0.6)).toBe(false)
  })

  it('is not back while it has served too little, although it serves now', async () => {
    const at = served(5, [0, 2000], [6000, 6500])
    const level = at(6500)
    const late = level.isBack(6.6e9, 0.6)
    at(6700)
    expect(await late).toBe(false)
  })

  it('is enough for a mild fault as soon as it serves', async () => {
    const at = served(5, [0, 2000], [6000, 6500])
    expect(await at(6500).isBack(6.6e9, leastShareBefore({ isMild: true }))).toBe(true)
  })

  it('need not be as high before a nemesis that gets more turns than others', () => {
    expect(leastShareBefore({ weight: 3 })).toBeLessThan(leastShareBefore({}))
    expect(leastShareBefore({ weight: 2 })).toBe(leastShareBefore({}))
  })

  it('waits until it serves again', async () => {
    const at = served(5, [0, 4000])
    const back = at(4500).isBack(9e9, 0.6)
    at(4600).acknowledged()
    expect(await back).toBe(true)
  })

  it('is not waited for after the run', async () => {
    const level = new ServiceLevel(() => 0, AbortSignal.abort())
    expect(await level.isBack(1e9, 0.6)).toBe(false)
  })
})

describe('what shows that a cluster serves', () => {
  it.each([
    ['an answer', REGISTER, 'ok', 'read', { key: 0, value: 1 }, true],
    ['no refusal', REGISTER, 'fail', 'read', { key: 0 }, false],
    [
      'nothing that is only asked about the cluster',
      EFFECTS,
      'ok',
      'pending',
      { pending: [], done: 1 },
      false,
    ],
    [
      'a known leader, where nothing else is asked',
      ELECTION,
      'ok',
      'leader',
      { leader: 'n1', term: 2 },
      true,
    ],
    ['not that there is none', ELECTION, 'ok', 'leader', { leader: null, term: 2 }, false],
  ] as const)('%s', (_, vocabulary, type, f, value, expected) => {
    expect(provesService(vocabulary, { type, f, value })).toBe(expected)
  })
})
