/** The formats for CI servers and pull requests, with text that a hostile cluster could send. */
import { describe, expect, it } from 'vitest'
import { windowPicture } from '../../findings/window.ts'
import { plannedFault } from '../../testing/faults.ts'
import { recordOf } from '../../testing/record.ts'
import { historyOf } from '../../testing/steps.ts'
import { evidenceOf, runVerdictOf, verdictOf } from '../../testing/verdicts.ts'
import { parseXml, type XmlElement } from '../../testing/xml.ts'
import type { Judged } from './format.ts'
import { outputFormats } from './formats.ts'
import { showText } from './show.ts'

/** Markup, an ANSI code, controls of text direction, a control character that XML forbids, a fence, and a megabyte. */
const HOSTILE = `<script>alert(1)</script> ]]> "&" \x1b[2J\u202e\x07 \ufffe \ud800 | \n\`\`\`\`\n# not a heading @all ![x](https://evil.example) ${'x'.repeat(1e6)}`

const history = historyOf([
  [0, 'invoke', 'write', { key: HOSTILE, value: 1 }],
  [0, 'ok', 'write', { key: HOSTILE, value: 1 }],
  [1, 'invoke', 'read', { key: HOSTILE }],
  [1, 'info', 'read', { key: HOSTILE }],
]).map((operation) => ({
  ...operation,
  timeNs: operation.index ** 2 * 1e9,
  node: HOSTILE,
  ...(operation.type === 'info' ? { error: HOSTILE } : {}),
}))

const hostileFault = {
  planned: plannedFault({ id: 'kill-1' }),
  victims: ['n1'],
  injectedAtNs: 1,
  effects: [{ effective: true, summary: HOSTILE, measurements: {} }],
  effective: true,
}

const hostile: Judged = {
  record: recordOf({ history, faults: [hostileFault] }),
  verdict: runVerdictOf(
    [
      verdictOf({
        summary: HOSTILE,
        promise: { text: HOSTILE, source: HOSTILE },
        evidence: [evidenceOf([0, 2], { title: HOSTILE, text: HOSTILE, anomaly: HOSTILE })],
      }),
    ],
    { errors: [{ source: 'client', message: HOSTILE, count: 3, nodes: [HOSTILE] }], notes: [HOSTILE] },
  ),
  again: `faultline run '${HOSTILE.slice(0, 100)}'`,
  folder: 'results/a (b)',
}

const undecided = verdictOf({ checker: 'sequential', status: 'unknown', summary: 'Not judged: no time.' })
const proved = verdictOf({ checker: 'logs', status: 'valid', summary: 'No panic.' })
const broken = verdictOf({ evidence: [evidenceOf([0, 2], { anomaly: 'stale read' })] })

const judged = (...verdicts: Parameters<typeof runVerdictOf>): Judged => ({
  record: recordOf({ history }),
  verdict: runVerdictOf(...verdicts),
})

const render = (format: string, what: Judged): string =>
  outputFormats[format]?.render(what, { isTerminal: false }) ?? ''

/** Characters that would change a terminal or the order of a line. */
const UNSEEN = /[^\P{Cc}\t\n]|[\u202a-\u202e\u2066-\u2069]/u

describe('hostile text', () => {
  it.each(['text', 'junit', 'sarif', 'markdown'])(
    'controls nothing that shows %s, and does not fill it',
    (format) => {
      const output = render(format, hostile)
      expect(output).not.toMatch(UNSEEN)
      expect(output.length).toBeLessThan(100_000)
      expect(output).toContain('\\x1b[2J')
    },
  )

  it('controls no terminal, and is cut there', () => {
    const output = showText(hostile, false)
    expect(output).not.toMatch(UNSEEN)
    expect(output.length).toBeLessThan(50_000)
    expect(showText(hostile, true).replace('\x1b[31mINVALID\x1b[0m', '')).not.toMatch(UNSEEN)
  })

  it('ends no element of XML', () => {
    const { names } = flat(parseXml(render('junit', hostile)))
    expect(names.has('script')).toBe(false)
    const picture = flat(parseXml(windowPicture(hostile.record, hostile.verdict) ?? ''))
    expect([...picture.names].sort()).toEqual(['defs', 'line', 'pattern', 'rect', 'svg', 'text', 'title'])
  })

  it('is no markup in Markdown, outside of code blocks and in them', () => {
    const output = render('markdown', hostile)
    const outside: string[] = []
    let fence: string | null = null
    for (const line of output.split('\n')) {
      const [mark] = /^`{3,}/.exec(line) ?? []
      if (fence === null && mark !== undefined) fence = mark
      else if (fence !== null)
        fence = /^`+ *$/.test(line) && line.trim().length >= fence.length ? null : fence
      else outside.push(line)
    }
    expect(fence).toBeNull()
    const headings = outside.filter((line) => line.startsWith('#')).map((line) => line.slice(0, 8))
    expect(headings).toEqual(
      ['## INVAL', '### Step', '### &lt;'.replace('&lt;', '&#60'), '### Erro', '### Not ', '### Run '].map(
        (text) => text.slice(0, 8),
      ),
    )
    expect(outside.join('\n')).not.toMatch(/<|!\[|@|https:\/\//)
    expect(outside.filter((line) => line.startsWith('|')).every((line) => line.split('|').length === 6)).toBe(
      true,
    )
    expect(output).toContain('(results/a%20%28b%29/window.svg)')
  })
})

const flat = (
  root: XmlElement,
): { readonly names: ReadonlySet<string>; readonly all: readonly XmlElement[] } => {
  const all = [root]
  for (const { children } of all) all.push(...children)
  return { names: new Set(all.map(({ name }) => name)), all }
}

describe('JUnit', () => {
  const suiteOf = (what: Judged): XmlElement => parseXml(render('junit', what)).children[0] as XmlElement
  const casesOf = (what: Judged): readonly (readonly [string | undefined, readonly string[]])[] =>
    suiteOf(what)
      .children.filter(({ name }) => name === 'testcase')
      .map(({ attributes, children }) => [attributes.name, children.map(({ name }) => name)])

  it('has a case for each checker and promise: a failure, an error, or none', () => {
    expect(casesOf(judged([broken, undecided, proved]))).toEqual([
      ['linearizability: read: linearizable', ['failure']],
      ['sequential: read: linearizable', ['error']],
      ['logs: read: linearizable', ['system-out']],
      ['the run tested something', ['system-out']],
    ])
    const { attributes } = suiteOf(judged([broken, undecided, proved]))
    expect(attributes).toMatchObject({ tests: '4', failures: '1', errors: '1', skipped: '0', time: '9.000' })
  })

  it('has an error for every run that is unknown, also where no checker is', () => {
    const vacuous = judged([proved], { status: 'unknown', summary: 'Vacuous: no operation was ok.' })
    expect(casesOf(vacuous).at(-1)).toEqual(['the run tested something', ['error']])
    const outside = judged([broken], { status: 'unknown', outsideClaims: true })
    expect(casesOf(outside)[0]).toEqual(['linearizability: read: linearizable', ['error']])
  })

  it('has the structure of the schema that Jenkins reads', () => {
    const again = 'faultline check h.jsonl'
    const root = parseXml(render('junit', { ...judged([broken, undecided, proved]), again }))
    const inside: Readonly<Record<string, readonly string[]>> = {
      testsuites: ['testsuite'],
      testsuite: ['properties', 'testcase'],
      properties: ['property'],
      property: [],
      testcase: ['failure', 'error', 'system-out'],
      failure: [],
      error: [],
      'system-out': [],
    }
    for (const { name, children } of flat(root).all)
      expect(children.filter((child) => !inside[name]?.includes(child.name))).toEqual([])
    const properties = flat(root).all.filter(({ name }) => name === 'property')
    expect(properties.map(({ attributes }) => attributes)).toEqual([{ name: 'command', value: again }])
    expect(flat(root).all.find(({ name }) => name === 'failure')?.text).toContain('p0 |-- read --|')
  })
})

describe('SARIF', () => {
  const runOf = (what: Judged) => JSON.parse(render('sarif', what)).runs[0]

  it('has a result for each finding, with its fingerprint, and a rule for each checker and anomaly', () => {
    const run = runOf({ ...judged([broken]), file: 'a b/h.jsonl' })
    expect(run.results).toHaveLength(1)
    expect(run.results[0]).toMatchObject({ ruleId: 'linearizability/stale-read', level: 'error' })
    expect(run.results[0].partialFingerprints['faultline/v1']).toMatch(/^[0-9a-f]{16}$/)
    expect(run.results[0].locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: 'a%20b/h.jsonl' },
      region: { startLine: 1 },
    })
    expect(run.tool.driver.rules.map(({ id }: { id: string }) => id)).toEqual(['linearizability/stale-read'])
    expect(run.invocations[0].executionSuccessful).toBe(true)
  })

  it('has rules with an identifier and no other name, as the specification wants it', () => {
    const both = runOf({
      ...hostile,
      verdict: { ...hostile.verdict, status: 'unknown', outsideClaims: true },
    })
    const { rules } = both.tool.driver
    expect(rules).toHaveLength(2)
    for (const { id, name } of rules) {
      expect(name).toBeUndefined()
      expect(id).toMatch(/^[\w./-]{1,200}$/)
    }
    const ids = new Set(rules.map(({ id }: { id: string }) => id))
    for (const { ruleId } of both.results) expect(ids.has(ruleId)).toBe(true)
  })

  it('is no empty list where nothing was proved', () => {
    const run = runOf(judged([undecided], { status: 'unknown', summary: 'Not judged: no time.' }))
    expect(run.results).toMatchObject([{ ruleId: 'run/unproved', level: 'warning' }])
    expect(run.invocations[0].executionSuccessful).toBe(false)
    expect(runOf(judged([proved])).results).toEqual([])
  })
})

describe('Markdown and show', () => {
  it('draw the evidence that their sentence is about, also where another promise does not count', () => {
    const excused = verdictOf({
      checker: 'causal',
      promise: { text: 'read: causal', source: 'assumed', assumed: { text: 'causal', toClaim: 'claim it' } },
      evidence: [evidenceOf([0], { title: 'Not this', text: 'not this' })],
    })
    const what = judged([excused, broken])
    const claims = {
      source: 'x',
      consistency: {},
      minority: 'refuse',
      tolerates: {},
      recoversWithinMs: 1,
    } as const
    const output = render('markdown', { ...what, record: { ...what.record, claims } })
    expect(output).toContain('### Key 4')
    expect(output).not.toContain('Not this')
  })

  it('answer first, and then tell the steps, the diagram, the verdicts and the command', () => {
    const what = { ...judged([broken, undecided], { notes: ['A note.'] }), again: "faultline run 'a b'" }
    const inOrder = [
      'was broken',
      'process 0 at <script>',
      'p0 |-- read --|',
      'linearizability',
      'A note.',
      "faultline run 'a b'",
    ]
    for (const output of [render('markdown', what), showText(what, false)]) {
      const places = inOrder.map((part) => output.indexOf(part))
      expect(places).not.toContain(-1)
      expect(places[0]).toBe(Math.min(...places))
      expect(places.at(-1)).toBe(Math.max(...places))
    }
  })
})

it('the terminal shows what was found, and not the records beside it', () => {
  const record = evidenceOf([0], { title: 'how it was', isRecord: true })
  const text = render(
    'text',
    judged([verdictOf({ evidence: [evidenceOf([0], { title: 'what is wrong' }), record] })]),
  )
  expect(text).toContain('what is wrong')
  expect(text).not.toContain('how it was')
})
