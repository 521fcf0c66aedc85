/** Logs on the time of the run: zones, years, moved clocks, and lines without a time. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { FaultModel } from '../../api/claims.ts'
import type { FaultRecord, RunFacts, RunRecord, Sample } from '../../api/record.ts'
import { alignLogs, type LogLine } from './align.ts'

type Parts = Pick<RunRecord, 'logs' | 'facts' | 'samples' | 'history' | 'faults'>

/** A run from 15:00:00 on, whose time 0 is 15:00:04. */
const FACTS = {
  startedAt: '2026-11-27T15:00:00.000Z',
  zeroAt: '2026-11-27T15:00:04.000Z',
  endedAt: '2026-11-27T15:01:10.000Z',
} as RunFacts

const recordOf = (logs: Readonly<Record<string, string>>, more: Partial<Parts> = {}): Parts => ({
  logs: Object.entries(logs).map(([node, text]) => ({ node: node.split('/')[0] as string, text })),
  facts: FACTS,
  samples: [],
  history: [],
  faults: [],
  ...more,
})

const align = (logs: Readonly<Record<string, string>>, more: Partial<Parts> = {}, localEastMs = 0) =>
  alignLogs(recordOf(logs, more), localEastMs)

const secondsOf = (lines: readonly LogLine[]): readonly (number | null)[] =>
  lines.map(({ timeNs }) => (timeNs === null ? null : timeNs / 1e9))

const byNumber = (lines: readonly LogLine[]): readonly LogLine[] =>
  lines.toSorted((a, b) => a.number - b.number)

const clockFault = (
  mode: string,
  fromS: number,
  toS: number,
  more: { readonly offsetMs?: number; readonly ratePpm?: number; readonly effective?: boolean } = {},
): FaultRecord => ({
  planned: {
    id: 'clock-1',
    nemesis: 'clock',
    atNs: fromS * 1e9,
    durationNs: (toS - fromS) * 1e9,
    model: 'clock' as FaultModel,
    intent: { mode, ratePpm: more.ratePpm ?? 0, suspendMs: 2000 },
    kind: `clock/${mode}`,
    label: 'clock',
    colour: 'pink',
  },
  victims: ['n1'],
  injectedAtNs: fromS * 1e9,
  healingAtNs: toS * 1e9,
  healedAtNs: toS * 1e9,
  effective: more.effective ?? true,
  effects: [{ effective: true, summary: '', measurements: { offsetMs: more.offsetMs ?? 0 } }],
})

/** A log of n1 with a line for each wall time, given in seconds of the run. */
const written = (...seconds: readonly number[]): Readonly<Record<string, string>> => ({
  n1: seconds
    .map((s) => `${new Date(Date.parse(FACTS.zeroAt as string) + s * 1000).toISOString()} x`)
    .join('\n'),
})

describe('times of lines', () => {
  it('count from time 0, which is later than the start of the run', () => {
    const { lines, notes } = align({ n1: '2026-11-27T15:00:05.250Z x\n2026-11-27T15:00:03.000Z before' })
    expect(secondsOf(byNumber(lines))).toEqual([1.25, -1])
    expect(notes).toEqual(['The wall time of time 0 is 2026-11-27T15:00:04.000Z, as recorded, within 1 ms.'])
  })

  it('are of one list of all nodes, in order', () => {
    const { lines } = align({
      n2: '2026-11-27T15:00:06Z b\n2026-11-27T15:00:08Z d',
      n1: '2026-11-27T15:00:05Z a\n2026-11-27T15:00:07Z c',
    })
    expect(lines.map(({ text }) => text.at(-1)).join('')).toBe('abcd')
    expect(lines.map(({ node, number }) => `${node}:${number}`)).toEqual(['n1:1', 'n2:1', 'n1:2', 'n2:2'])
  })

  it('of a stack trace are those of the line before, and so is the level', () => {
    const { lines } = align({
      n1: 'banner\n2026-11-27T15:00:05Z ERROR lost\n\tat a.b.C\n2026-11-27T15:00:07Z INFO ok',
      n2: '2026-11-27T15:00:06Z INFO x',
    })
    expect(lines.map(({ text }) => text.slice(-4))).toEqual(['nner', 'lost', '.b.C', 'FO x', 'O ok'])
    expect(lines.map(({ level }) => level)).toEqual(['none', 'error', 'error', 'info', 'info'])
    expect(secondsOf(lines)).toEqual([null, 1, null, 2, 3])
    expect(lines.map(({ placeNs }) => (placeNs as number) / 1e9)).toEqual([1, 1, 1, 2, 3])
  })

  it('do not exist in a log without any: its lines keep their order, at the end', () => {
    const { lines, files } = align({ n1: 'b\na', n2: '2026-11-27T15:00:05Z x' })
    expect(lines.map(({ text }) => text.at(-1))).toEqual(['x', 'b', 'a'])
    expect(files[0]).toMatchObject({ format: 'no times found', timed: 0, lines: 2 })
  })

  it('do not exist if it is not known when the run was', () => {
    const { lines, notes } = align({ n1: '2026-11-27T15:00:05Z x' }, { facts: null })
    expect(lines).toMatchObject([{ timeNs: null, placeNs: null, raw: [0, 20] }])
    expect(notes[0]).toMatch(/does not say when/)
  })

  it('are found in no lines at all', () => {
    expect(align({}).lines).toEqual([])
    expect(align({ n1: '' })).toMatchObject({ lines: [], files: [{ lines: 0, timed: 0 }] })
    expect(alignLogs({ ...recordOf({}), logs: null }, 0).lines).toEqual([])
  })

  it('of two files of a node have numbers that go on', () => {
    const { lines, files } = align({
      'n1/a': '2026-11-27T15:00:05Z a\n2026-11-27T15:00:07Z b',
      'n1/b': '2026-11-27T15:00:06Z c',
    })
    expect(lines.map(({ number }) => number)).toEqual([1, 3, 2])
    expect(files.map(({ first }) => first)).toEqual([1, 3])
  })
})

describe('times without a zone', () => {
  const one = (text: string, localEastMs = 0, facts = FACTS) => {
    const { lines, files } = align({ n1: text }, { facts }, localEastMs)
    return { seconds: secondsOf(lines)[0], notes: files[0]?.notes }
  }

  it('are in UTC if they then lie in the run', () => {
    expect(one('2026-11-27 15:00:05,500 INFO x', 3_600_000)).toEqual({
      seconds: 1.5,
      notes: ['Times without a zone are read as UTC.'],
    })
  })

  it('are in the zone of the machine if they then lie in the run', () => {
    expect(one('2026-11-27 20:30:05,500 INFO x', 5.5 * 3_600_000)).toEqual({
      seconds: 1.5,
      notes: ['Times without a zone are read as UTC+05:30: so they lie in the run.'],
    })
  })

  it('are in another zone if they then lie in the run', () => {
    expect(one('2026-11-27 07:00:05,500 INFO x', 3_600_000)).toEqual({
      seconds: 1.5,
      notes: ['Times without a zone are read as UTC-08:00: so they lie in the run.'],
    })
  })

  it('are in UTC if they lie in the run in no zone, which is said', () => {
    const { notes } = one('2026-11-20 07:00:05,500 INFO x', 3_600_000)
    expect(notes).toEqual(['Times without a zone are read as UTC; in no zone do they lie in the run.'])
  })

  it('and without a year or a date have those of the run', () => {
    expect(one('Nov 27 15:00:05 n1 etcd[1]: x').seconds).toBe(1)
    expect(one('15:00:05.500 x').seconds).toBe(1.5)
    expect(one('I1127 15:00:05.500000 12 a.go:1] x').notes).toEqual([
      'Times without a zone are read as UTC.',
      'Times without a year have that of the run.',
    ])
  })

  const NEW_YEAR = {
    startedAt: '2026-12-31T23:59:30.000Z',
    zeroAt: '2026-12-31T23:59:40.000Z',
    endedAt: '2027-01-01T00:00:40.000Z',
  } as RunFacts

  it('and without a year or a date are right around New Year', () => {
    const text = 'I1231 23:59:50.000000 1 a.go:1] x\nI0101 00:00:10.000000 1 a.go:1] y'
    const { lines } = align({ n1: text }, { facts: NEW_YEAR })
    expect(secondsOf(lines)).toEqual([10, 30])
    const days = align({ n1: '23:59:50.000 x\n00:00:10.000 y' }, { facts: NEW_YEAR })
    expect(secondsOf(days.lines)).toEqual([10, 30])
    const tokyo = align({ n1: 'Jan  1 08:59:50 n1 x: y' }, { facts: NEW_YEAR }, 9 * 3_600_000)
    expect(secondsOf(tokyo.lines)).toEqual([10])
  })

  it('that count from an unknown start are put at the start of the run, which is said', () => {
    const { lines, files } = align({ n1: '[    0.500] a\n[    2.000] b\n[    0.250] again' })
    expect(secondsOf(lines)).toEqual([-4, -2.5, -2.5])
    expect(files[0]?.notes[0]).toMatch(/^Times count from a start that is not recorded/)
  })
})

describe('time 0 of a run that did not record it', () => {
  const { zeroAt: _, ...facts } = FACTS
  const zeroMs = Date.parse(FACTS.zeroAt as string)
  const sample = (node: string, second: number, aheadMs: number): Sample => ({
    node,
    timeNs: second * 1e9,
    status: { role: 'follower', clockMs: zeroMs + second * 1000 + aheadMs },
  })

  it('is found by the clocks that nodes report', () => {
    const samples = [1, 2, 3, 66].map((second) => sample('n1', second, 2))
    const { lines, notes } = align({ n1: '2026-11-27T15:00:05.002Z x' }, { facts, samples })
    expect(secondsOf(lines)).toEqual([1])
    expect(notes[0]).toMatch(/by the clocks that nodes reported/)
  })

  it('is found by the end of the run if nodes report no clock, or one that cannot be right', () => {
    const silent: Sample[] = [{ node: 'n1', timeNs: 66e9, status: null }]
    const { lines, notes } = align({ n1: '2026-11-27T15:00:05Z x' }, { facts, samples: silent })
    expect(secondsOf(lines)).toEqual([1])
    expect(notes[0]).toMatch(/by the end of the run, within 1000 ms/)
    const wrong = [sample('n1', 1, 3_600_000), sample('n1', 66, 3_600_000)]
    const corrected = align({ n1: '2026-11-27T16:00:05Z x' }, { facts, samples: wrong })
    expect(secondsOf(corrected.lines)).toEqual([1])
    expect(corrected.lines[0]?.aheadMs).toBe(3_600_000)
  })

  it('is not moved by clocks that a fault moves', () => {
    const fault = clockFault('bump', 1, 65, { offsetMs: 500 })
    const samples = [sample('n1', 10, 500), sample('n1', 20, 500), sample('n2', 20, 0), sample('n2', 66, 0)]
    const { lines } = align({ n2: '2026-11-27T15:00:05Z x' }, { facts, samples, faults: [fault] })
    expect(secondsOf(lines)).toEqual([1])
  })
})

describe('a clock that a fault moves', () => {
  const corrected = (fault: FaultRecord, ...seconds: readonly number[]) => {
    const lines = byNumber(align(written(...seconds), { faults: [fault] }).lines)
    return { seconds: secondsOf(lines), ahead: lines.map(({ aheadMs }) => aheadMs) }
  }

  it('and jumps ahead is corrected while the fault is in force', () => {
    expect(corrected(clockFault('bump', 10, 20, { offsetMs: 60_000 }), 5, 75, 25)).toEqual({
      seconds: [5, 15, 25],
      ahead: [0, 60_000, 0],
    })
  })

  it('and jumps back is corrected', () => {
    expect(corrected(clockFault('jump-back', 10, 20, { offsetMs: -5000 }), 9, 7, 12, 21).seconds).toEqual([
      9, 12, 17, 21,
    ])
  })

  it('and drifts is corrected by as much as it has gained', () => {
    const { seconds } = corrected(clockFault('drift', 10, 20, { ratePpm: 200_000 }), 5, 16, 25)
    expect(seconds).toEqual([5, 15, 25])
  })

  it('and stands still gives no times: lines stay behind those before them, within the fault', () => {
    const { seconds } = corrected(clockFault('freeze', 10, 20), 9, 10, 10, 20.5)
    expect(seconds).toEqual([9, 10, 10, 20.5])
  })

  it('and stands still leaves its lines unsure for as long as it does, and no others', () => {
    const { lines } = align(written(9, 10, 10, 20.5), { faults: [clockFault('freeze', 10, 20)] })
    expect(lines.map(({ isUnsure, frozenMs }) => [isUnsure, frozenMs])).toEqual([
      [false, 0],
      [true, 10_000],
      [true, 10_000],
      [false, 0],
    ])
  })

  it('and alternates is corrected where the order of the lines shows it', () => {
    const { seconds } = corrected(clockFault('strobe', 10, 20, { offsetMs: 3000 }), 12, 15.1, 12.2, 15.3, 24)
    expect(seconds).toEqual([12, 12.1, 12.2, 12.3, 24])
  })

  it('after a suspension is corrected from its end on', () => {
    const { seconds } = corrected(clockFault('suspend', 10, 20, { offsetMs: 7000 }), 9.5, 19.5, 28)
    expect(seconds).toEqual([9.5, 12.5, 28])
  })

  it('and showed a time twice leaves the line unsure, and the earlier time is taken', () => {
    const fault = clockFault('bump', 10, 20, { offsetMs: 7000 })
    const { lines } = align(written(9, 21, 22, 28, 28.5), { faults: [fault] })
    expect(secondsOf(lines)).toEqual([9, 14, 15, 28, 28.5])
    expect(lines.map(({ isUnsure }) => isUnsure)).toEqual([false, true, true, false, false])
  })

  it('is not corrected by a fault without effect, nor at another node', () => {
    const fault = clockFault('bump', 10, 20, { offsetMs: 60_000, effective: false })
    expect(corrected(fault, 75).seconds).toEqual([75])
    const { n1: text } = written(75)
    const other = align(
      { n2: text as string },
      { faults: [clockFault('bump', 10, 20, { offsetMs: 60_000 })] },
    )
    expect(secondsOf(other.lines)).toEqual([75])
  })
})

describe('laws', () => {
  const time = fc
    .integer({ min: 0, max: 60_000 })
    .map((ms) => new Date(Date.parse(FACTS.zeroAt as string) + ms).toISOString())
  const line = fc.oneof(
    { weight: 3, arbitrary: time.map((at) => `${at} x`) },
    fc.string({ maxLength: 20 }).map((text) => text.replaceAll('\n', '')),
  )
  const log = fc.array(line, { maxLength: 30 })

  it('no line is lost, and none appears twice', () => {
    fc.assert(
      fc.property(log, log, (a, b) => {
        const { lines } = align({
          n1: a.map((each) => `${each}\n`).join(''),
          n2: b.map((each) => `${each}\n`).join(''),
        })
        const numbers = (node: string) =>
          byNumber(lines.filter((each) => each.node === node)).map(({ number }) => number)
        expect(numbers('n1')).toEqual(a.map((_, i) => i + 1))
        expect(numbers('n2')).toEqual(b.map((_, i) => i + 1))
      }),
    )
  })

  it('lines are in order of their places, and those of a node in their own where no time goes back', () => {
    fc.assert(
      fc.property(log, log, (a, b) => {
        const { lines } = align({ n1: a.toSorted().join('\n'), n2: b.join('\n') })
        const places = lines.map(({ placeNs }) => placeNs ?? Number.POSITIVE_INFINITY)
        expect(places).toEqual(places.toSorted((x, y) => x - y))
        const own = lines.filter(({ node }) => node === 'n1').map(({ number }) => number)
        expect(own).toEqual(own.toSorted((x, y) => x - y))
      }),
    )
  })
})

describe('a log that cannot be shown as a whole', () => {
  it('says how much of its beginning was not read, and that lines are counted from there', () => {
    const logs = [{ node: 'n1', text: '2026-11-27T15:00:05Z x', leftOutBytes: 3 * 2 ** 20 }]
    const { files } = alignLogs({ ...recordOf({}), logs }, 0)
    expect(files[0]?.notes).toEqual([
      'The file is long, and its first 3.0 MB are left out: lines are counted from there.',
    ])
  })

  it('keeps lines without times last, whatever times others have', () => {
    const { lines } = align({ n1: 'no time', n2: '2261-11-27T15:00:05Z far away' })
    expect(lines.map(({ node }) => node)).toEqual(['n2', 'n1'])
  })
})

describe('times without a zone of which some are not in the run', () => {
  it('are not said to be in it', () => {
    const { files } = align({ n1: '2026-11-27 15:00:05 x\n2026-11-27 15:00:06 x\n2026-11-27 14:00:07 x' })
    expect(files[0]?.notes).toEqual([
      'Times without a zone are read as UTC. Most then lie in the run. 1 of 3 of them do not: the clock was wrong, or its zone changed.',
    ])
  })
})

describe('a clock that is moved long before its fault is recorded as injected', () => {
  it('is corrected from then on, if the run recorded when the injection began', () => {
    const fault = clockFault('step', 10, 20, { offsetMs: 60_000 })
    const secondsWith = (faults: readonly FaultRecord[]) => secondsOf(align(written(69.7), { faults }).lines)
    expect(secondsWith([{ ...fault, injectingAtNs: 9.5e9 }])).toEqual([9.7])
    expect(secondsWith([fault])).toEqual([69.7])
  })
})
