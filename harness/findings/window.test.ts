import { describe, expect, it } from 'vitest'
import { partition, record, stale } from '../testing/broken-run.ts'
import { evidenceOf, runVerdictOf, verdictOf } from '../testing/verdicts.ts'
import { windowPicture } from './window.ts'

/** x, whether it ends there, and the text. */
const textsIn = (picture: string | null): readonly (readonly [number, boolean, string])[] =>
  [...(picture ?? '').matchAll(/<text x="([\d.]+)"([^>]*)>([^<]*)</g)].map(
    ([, x, attributes = '', text = '']) => [Number(x), attributes.includes('"end"'), text] as const,
  )

describe('the picture of the window', () => {
  it('shows the time around what happened at one moment', () => {
    const at = (atNs: number) =>
      textsIn(
        windowPicture(
          record(),
          runVerdictOf([verdictOf({ evidence: [evidenceOf([], { atNs, text: 'wrong' })] })]),
        ),
      )
        .map(([, , text]) => text)
        .slice(-2)
    expect(at(12e9)).toEqual(['11.500 s', '12.500 s'])
    expect(at(0.1e9)).toEqual(['0.000 s', '0.600 s'])
  })

  it('keeps every text inside', () => {
    const faults = [9, 10.5, 11, 11.5, 12, 12.4].map((s) => ({
      ...partition(s, s + 1, `partition-${s}`),
      effects: [{ effective: true, summary: 'm'.repeat(500), measurements: {} }],
    }))
    const texts = textsIn(windowPicture(record({ faults }), stale()))
    expect(texts.length).toBeGreaterThan(12)
    for (const [x, isEnd, text] of texts) {
      const from = isEnd ? x - text.length * 7 : x
      expect(from, text).toBeGreaterThanOrEqual(0)
      expect(from + text.length * 7, text).toBeLessThanOrEqual(900)
    }
  })
})
