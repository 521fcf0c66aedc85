import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import type { SuiteResult } from '../../campaign/result.ts'
import { caseResult, suiteResult } from '../../testing/campaigns.ts'
import { temporaryFolder } from '../../testing/command.ts'
import { trendText } from '../output/trend.ts'
import { trendPage } from '../serve/trend-page.ts'
import { newSuiteFolder, writeSuite } from './files.ts'
import { rendered } from './rendered.ts'
import { readTrends } from './stored-suites.ts'

const HOSTILE = '<script>x</script>\u001b[31m\u202e'

const store = (out: string, day: string, name: string, more: Partial<SuiteResult> = {}): string => {
  const startedAt = `2026-01-${day}T00:00:00.000Z`
  const result = caseResult({
    ...{ name, startedAt, outcome: 'violation' },
    findings: [{ fingerprint: 'f', sentence: HOSTILE }],
    figures: { availability: 0.5, recoveryMs: 1500, latencyP50Ms: 1, latencyP99Ms: null },
  })
  const suite = suiteResult([result], { startedAt, endedAt: startedAt, ...more })
  const dir = newSuiteFolder(out, 'nightly', startedAt)
  writeSuite(dir, suite, rendered(suite, dir))
  return dir
}

describe('the stored suites', () => {
  it('count a shard once, and leave out and name what cannot be read', () => {
    using folder = temporaryFolder()
    const shard = store(folder.path, '01', 'a')
    store(folder.path, '01', 'a', { mergedFrom: [`../${path.basename(shard)}`] })
    store(folder.path, '02', 'a')
    const torn = store(folder.path, '03', 'a')
    fs.writeFileSync(path.join(torn, 'suite.json'), '{"schema"')
    const { suites, unread } = readTrends(folder.path)
    expect(suites).toHaveLength(1)
    expect(suites[0]).toMatchObject({ suite: 'nightly', campaigns: 2, last: '2026-01-02T00:00:00.000Z' })
    expect(suites[0]?.findings).toMatchObject([{ trend: 'steady', shown: 2, of: 2 }])
    expect(unread).toEqual([torn])
  })

  it('are told as text and as a page that no text of a cluster can change', () => {
    using folder = temporaryFolder()
    store(folder.path, '01', HOSTILE)
    const trends = readTrends(folder.path)
    const [text, page] = [trendText(trends), trendPage(trends)]
    expect(text).toContain('new  ')
    expect(text).toContain('too few runs (5 on each side are needed)')
    expect(text).toContain('50.0 % (1 run)')
    for (const control of ['\u001b', '\u202e']) expect(text + page).not.toContain(control)
    expect(page).not.toContain('<script>')
    expect(page).toContain('&lt;script&gt;')
  })

  it('are none in a folder without campaigns', () => {
    using folder = temporaryFolder()
    expect(readTrends(folder.path)).toEqual({ suites: [], unread: [] })
  })
})
