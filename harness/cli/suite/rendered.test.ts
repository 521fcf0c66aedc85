import { describe, expect, it } from 'vitest'
import type { RecordedFault } from '../../api/nemesis.ts'
import type { OutcomeName } from '../../campaign/outcome.ts'
import { rateOf } from '../../campaign/rate.ts'
import type { CaseResult } from '../../campaign/result.ts'
import { caseResult, suiteResult } from '../../testing/campaigns.ts'
import { parseXml } from '../../testing/xml.ts'
import { rendered } from './rendered.ts'

/** Controls of a terminal and of the direction of text. */
const UNSEEN = /[^\P{Cc}\t\n]|[\u202a-\u202e\u2066-\u2069]/u

const HOSTILE = '</td><script>alert(1)</script> | `a` \x1b[31m\u202e @all #1 https://x.y ]]> &amp; "\n**b**'

const resultOf = (outcome: OutcomeName, seed: number): CaseResult =>
  caseResult({
    name: `raft ${HOSTILE}`,
    seed,
    command: `faultline run '${HOSTILE}'`,
    outcome,
    why: HOSTILE,
    findings: outcome === 'violation' ? [{ fingerprint: 'f1', sentence: HOSTILE }] : [],
    runDir: '/results/a b/<1>',
    exercise: {
      during: { 'kill/at-once': { faults: 1, used: 1, during: { read: seed, '<b>': 0 }, after: {} } },
      nemeses: ['kill'],
    },
  })

const results = (['violation', 'passed', 'vacuous', 'not recovered'] as const).map(resultOf)

const suite = suiteResult(results, {
  endedAt: '2026-01-01T00:01:00.000Z',
  notRun: { cases: [HOSTILE], why: 'the budget was used up' },
  findings: [{ fingerprint: 'f1', sentence: HOSTILE, runs: ['/results/a b/<1>'], knownSince: null }],
  advice: [HOSTILE],
})

const { junit, summary, page } = rendered(suite, '/results/suites/nightly/x')

describe('the results of a campaign', () => {
  it('are a test case for each run, in which nothing that is not proved is skipped', () => {
    const [xml] = parseXml(junit).children
    expect(xml?.attributes).toMatchObject({
      tests: '4',
      failures: '2',
      errors: '1',
      skipped: '0',
      time: '60.000',
    })
    const elements = (xml?.children ?? []).map(({ children }) => children.map(({ name }) => name).join())
    expect(elements).toEqual(['failure', 'system-out', 'error', 'failure'])
  })

  it('are tables in the summary, whatever the texts contain', () => {
    const rows = summary.split('\n').filter((line) => line.startsWith('|'))
    for (const row of rows) expect(row.split('|').length - 2, row).toBe(4)
    expect(rows).toHaveLength(2 + 1 + 2 + 3)
    expect(summary).not.toMatch(/<script|@all| #1 |\*\*b|https:\/\//)
    expect(summary).toContain('1 of 2 cells of the coverage matrix')
    expect(summary).toContain('4 runs: 1 violation, 1 not recovered, 1 vacuous, 1 passed; 1 not run')
  })

  it('are a page of text and links alone, the worst first', () => {
    expect(page).not.toMatch(/<script|<\/td><s/i)
    expect(page).not.toMatch(UNSEEN)
    expect(page).toContain('href="../../../a%20b/%3C1%3E/report.html"')
    expect(page).toContain('<td>kill/at-once</td><td>read 6, &lt;b&gt; 0</td>')
    const outcomes = [...page.matchAll(/<tr class="\w+"><td><b>([\w ]+)<\/b>/g)].map(([, name]) => name)
    expect(outcomes).toEqual(['violation', 'not recovered', 'vacuous', 'passed'])
  })

  it('have a table of the cases that failed, which are followed up', () => {
    const small = {
      faults: [],
      timeLimitMs: 5000,
      concurrency: 2,
      rate: 0,
      nodes: 3,
      keys: null,
    }
    const fault = { id: 'kill-1', nemesis: 'kill', atNs: 1, durationNs: 1, intent: {} } as RecordedFault
    const hunted = suiteResult([...results, caseResult({ name: 'healthy', durationMs: 60_000 })], {
      followUps: [
        {
          name: `raft ${HOSTILE}`,
          runDir: '/results/a',
          again: { rate: rateOf(3, 4), nothingProved: 1, medianFirstEvidenceNs: 2e9 },
          smallest: {
            from: { ...small, faults: [fault] },
            to: small,
            plan: null,
            command: HOSTILE,
            confirmed: rateOf(4, 5),
            decided: rateOf(2, 2),
            isFinished: false,
          },
          problems: [HOSTILE],
        },
      ],
    })
    const texts = rendered(hunted, '/results/suites/nightly/x')
    const [row = ''] = texts.summary.split('\n').filter((line) => line.includes('1 to 0'))
    const cells = row.split('|').slice(1, -1)
    expect(cells).toHaveLength(9)
    expect(cells.slice(1, 8).map((cell) => cell.trim())).toEqual([
      '2 of 4',
      '1 ms',
      '3 of 4 (30 to 95 %)',
      '2.000 s',
      '1 to 0',
      '0 faults, 5.0 s, 2 clients, unlimited operations/s, 3 nodes (out of time)',
      '4 of 5',
    ])
    expect(texts.summary).toContain('1 of 2 cases failed. Not these: healthy (1 run, 60.0 s).')
    for (const text of [texts.summary, texts.page]) {
      expect(text).toContain('From findings to cases')
      expect(text).not.toMatch(UNSEEN)
      expect(text).not.toMatch(/<script/)
    }
    // Where it was not asked for, nothing is said.
    expect(summary).not.toContain('From findings to cases')
  })
})
