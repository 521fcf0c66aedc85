/**
 * Runs made by code, for tests of what is shown of a run: a valid one, and one of each kind of trouble. They are judged by the
 * real checkers.
 */
import { leadership } from '../../checkers/cluster/leadership.ts'
import { sides } from '../../checkers/cluster/sides.ts'
import { composeVerdict } from '../../checkers/compose.ts'
import { workloads } from '../../workloads/index.ts'
import type { Claims } from '../api/claims.ts'
import type { Operation } from '../api/history.ts'
import type { FaultRecord, RunFacts, RunRecord, RunSpec, Sample } from '../api/record.ts'
import type { Checker, RunVerdict } from '../api/verdict.ts'
import { NS_PER_MS } from '../support/time.ts'
import { plannedFault } from './faults.ts'
import { recordOf } from './record.ts'

export interface Incident {
  readonly record: RunRecord
  readonly verdict: RunVerdict
}

const NODES = ['n1', 'n2', 'n3'] as const
const ZERO_MS = Date.UTC(2026, 0, 2, 3, 4, 5)

interface Step {
  readonly process: number
  readonly fromMs: number
  readonly toMs: number
  readonly f: string
  readonly value: unknown
  readonly type?: 'ok' | 'fail' | 'info'
  /** Of an ok: the answer. Absent: the value. */
  readonly answer?: unknown
  readonly error?: string
}

const historyOf = (steps: readonly Step[]): readonly Operation[] => {
  const events = steps.flatMap(({ process, fromMs, toMs, f, value, type = 'ok', answer = value, error }) => {
    const node = NODES[process % NODES.length] as string
    return [
      { timeNs: fromMs * NS_PER_MS, process, type: 'invoke' as const, f, value, node },
      {
        timeNs: toMs * NS_PER_MS,
        process,
        type,
        f,
        value: type === 'ok' ? answer : value,
        node,
        ...(error === undefined ? {} : { error }),
        ...(type === 'ok' ? { meta: { servedBy: node, term: 1 } } : {}),
      },
    ]
  })
  return events.toSorted((a, b) => a.timeNs - b.timeNs).map((event, index) => ({ ...event, index }))
}

const specOf = (workload: string): RunSpec => ({
  schema: 1,
  runId: 'test',
  target: 'raft',
  targetOptions: {},
  bug: null,
  workload,
  workloadOptions: {},
  nemeses: [{ name: 'partition', options: {} }],
  environment: 'namespaces',
  nodes: NODES.length,
  concurrency: 3,
  rate: 100,
  timeLimitMs: 10_000,
  operationTimeoutMs: 1000,
  readyTimeoutMs: 1000,
  recoveryTimeoutMs: 1000,
  seed: 7,
  clientGroups: 1,
  expect: null,
})

const CLAIMS: Omit<Claims, 'consistency'> = {
  source: 'the documentation of the test',
  minority: 'refuse',
  recoversWithinMs: 1000,
  tolerates: { partition: 'any' },
}

const factsOf = (change: Partial<RunFacts>): RunFacts => ({
  startedAt: new Date(ZERO_MS - 2000).toISOString(),
  zeroAt: new Date(ZERO_MS).toISOString(),
  endedAt: new Date(ZERO_MS + 12_000).toISOString(),
  versions: { raft: '1.2.3' },
  leaderChanges: [{ timeNs: 0, term: 1, leader: 'n1' }],
  eventLoopDelayMs: { p50: 1, p99: 2, max: 3 },
  recovery: { recoveredAfterMs: 100, deadlineMs: 1000, notReady: [] },
  aborted: null,
  ...change,
})

const partition = (effective: boolean): FaultRecord => ({
  planned: plannedFault({
    id: 'partition-1',
    nemesis: 'partition',
    kind: 'partition/one',
    label: 'partition',
    colour: 'red',
    model: 'partition',
    atNs: 3000 * NS_PER_MS,
    durationNs: 2000 * NS_PER_MS,
    intent: { shape: 'one', order: ['n3', 'n1', 'n2'] },
  }),
  victims: ['n3'],
  injectedAtNs: 3050 * NS_PER_MS,
  healedAtNs: 5100 * NS_PER_MS,
  effects: [
    {
      effective,
      summary: effective ? 'n3 | n1 n2: 4 of 4 links cut' : 'no packet tried to pass the cut links',
      measurements: {},
    },
  ],
  effective,
})

const samplesOf = (lastMs: number): readonly Sample[] =>
  Array.from({ length: Math.ceil(lastMs / 200) }, (_, i) => i * 200).flatMap((atMs) =>
    NODES.map((node, n) => ({
      timeNs: (atMs + n) * NS_PER_MS,
      node,
      status:
        node === 'n3' && atMs >= 3200 && atMs < 5200
          ? null
          : {
              role: node === 'n1' ? ('leader' as const) : ('follower' as const),
              term: 1,
              leader: 'n1',
              clockMs: ZERO_MS + atMs + n + (node === 'n2' && atMs >= 6000 && atMs < 7000 ? 60_000 : 0),
            },
    })),
  )

/** @param also checkers besides those of the workload */
const judged = async (
  workload: string,
  parts: Partial<RunRecord>,
  also: readonly Checker[] = [],
): Promise<Incident> => {
  const found = workloads[workload]
  if (found === undefined) throw new Error(`there is no workload ${workload}`)
  const record = recordOf({
    vocabulary: found.vocabulary,
    workloadOptions: {},
    faultline: '0.0.0',
    spec: specOf(workload),
    claims: { ...CLAIMS, consistency: { [found.vocabulary.name]: found.vocabulary.promises[0] } },
    facts: factsOf({}),
    faults: [partition(true)],
    samples: samplesOf(10_000),
    machine: [],
    logs: [],
    services: {},
    ...parts,
  })
  const defaults = Object.fromEntries(
    Object.entries(found.options).map(([name, { default: value }]) => [name, value]),
  )
  const checkers = [...found.checkers(defaults), ...also]
  const verdict = await composeVerdict(checkers, record, new AbortController().signal)
  return { record, verdict }
}

/** Three clients in turns on a few keys, for ten seconds: each reads what was written last. */
const registerSteps = (): readonly Step[] =>
  Array.from({ length: 300 }, (_, i): Step => {
    const [process, fromMs] = [i % 3, i * 33]
    const key = i % 4
    const isWrite = (i >> 2) % 2 === 0
    const step = { process, fromMs, toMs: fromMs + 20 }
    if (isWrite) return { ...step, f: 'write', value: { key, value: i } }
    return { ...step, f: 'read', value: { key }, answer: { key, value: i - 4 } }
  })

export const validRun = (): Promise<Incident> => judged('register', { history: historyOf(registerSteps()) })

/** While n3 is cut off, a client there reads what was overwritten. One write stays in doubt, and is read later. */
export const staleRead = (): Promise<Incident> => {
  const steps = registerSteps().map((step, i): Step => {
    if (i === 101) return { ...step, answer: { key: i % 4, value: i - 12 } }
    const crashed = 194
    if (i === crashed)
      return { ...step, type: 'info', error: '<script>alert("from the cluster")</script> timeout' }
    // A process that is in doubt is never used again: its thread goes on as another one.
    return i > crashed && step.process === crashed % 3 ? { ...step, process: step.process + 3 } : step
  })
  const logs = NODES.map((node) => ({
    node,
    text: [3300, 3340, 4000]
      .map((ms) => `${new Date(ZERO_MS + ms).toISOString()} WARN ${node} lost its leader\n`)
      .join(''),
  }))
  return judged('register', { history: historyOf(steps), logs })
}

/** Two transactions of which each reads what the other one has appended too late: G-single or worse. */
export const transactionCycle = (): Promise<Incident> => {
  const append = (process: number, fromMs: number, key: number, value: number): Step => ({
    process,
    fromMs,
    toMs: fromMs + 10,
    f: 'txn',
    value: [['append', key, value]],
  })
  const steps: readonly Step[] = [
    ...Array.from({ length: 60 }, (_, i) => append(i % 3, 100 + i * 100, 10 + (i % 5), i)),
    {
      process: 0,
      fromMs: 7000,
      toMs: 7100,
      f: 'txn',
      value: [
        ['append', 1, 1],
        ['r', 2, null],
      ],
      answer: [
        ['append', 1, 1],
        ['r', 2, []],
      ],
    },
    {
      process: 1,
      fromMs: 7000,
      toMs: 7100,
      f: 'txn',
      value: [
        ['append', 2, 1],
        ['r', 1, null],
      ],
      answer: [
        ['append', 2, 1],
        ['r', 1, []],
      ],
    },
    {
      process: 2,
      fromMs: 8000,
      toMs: 8100,
      f: 'txn',
      value: [
        ['r', 1, null],
        ['r', 2, null],
      ],
      answer: [
        ['r', 1, [1]],
        ['r', 2, [1]],
      ],
    },
  ]
  return judged('list-append', { history: historyOf(steps) })
}

/** A request that was retried takes effect twice in the outside world. */
export const duplicatedEffect = (): Promise<Incident> => {
  const requests = Array.from({ length: 40 }, (_, i) => ({ key: `r${i}`, resource: 1, version: i + 1 }))
  const submits = requests.map(
    (request, i): Step => ({
      process: i % 3,
      fromMs: 500 + i * 100,
      toMs: 520 + i * 100,
      f: 'submit',
      value: request,
      answer: { key: request.key },
    }),
  )
  const ledger = requests.map(({ key }, i) => ({ key, acceptedAt: i + 1, doneAt: i + 2, worker: 'n1' }))
  const audits: readonly Step[] = [
    {
      process: 0,
      fromMs: 9000,
      toMs: 9010,
      f: 'pending',
      value: null,
      answer: { pending: [], done: requests.length },
    },
    { process: 0, fromMs: 9020, toMs: 9030, f: 'ledger', value: null, answer: { entries: ledger } },
  ]
  const done = [...requests, requests[25] as (typeof requests)[number]]
  const sink = done.map((request, i) => ({
    type: 'request',
    seq: i + 1,
    clockMs: ZERO_MS + 530 + i * 100,
    request,
    token: 1,
    worker: 'n1',
    attempt: i === done.length - 1 ? 2 : 1,
    refused: null,
  }))
  return judged('effects', {
    history: historyOf([...submits, ...audits]),
    services: { sink: [{ type: 'start', mode: 'naive', clockMs: ZERO_MS }, ...sink] },
  })
}

/** A fault was planned and injected, and nothing shows that it did anything. */
export const vacuousRun = (): Promise<Incident> =>
  judged('register', { history: historyOf(registerSteps()), faults: [partition(false)] })

/** A side of a partition without a majority serves writes. */
export const failOpen = (): Promise<Incident> => {
  const fault = partition(true)
  const links = ['n1', 'n2'].flatMap((node) => [
    { from: 'n3', to: node },
    { from: node, to: 'n3' },
  ])
  const nemesis = { process: 'nemesis', value: { id: fault.planned.id } } as const
  const events: readonly Omit<Operation, 'index'>[] = [
    ...historyOf(registerSteps()),
    { ...nemesis, timeNs: 3000 * NS_PER_MS, type: 'invoke', f: 'inject' },
    { ...nemesis, timeNs: 3050 * NS_PER_MS, type: 'ok', f: 'inject' },
    { ...nemesis, timeNs: 5000 * NS_PER_MS, type: 'invoke', f: 'heal' },
    { ...nemesis, timeNs: 5100 * NS_PER_MS, type: 'ok', f: 'heal' },
  ]
  const effects = fault.effects.map((effect) => ({ ...effect, links }))
  return judged(
    'register',
    {
      history: events.toSorted((a, b) => a.timeNs - b.timeNs).map((event, index) => ({ ...event, index })),
      faults: [{ ...fault, effects: [...effects, ...effects] }],
    },
    [sides],
  )
}

/** After 4 s, n2 wins an election; then n3 leads the same term. */
export const twoLeaders = (): Promise<Incident> =>
  judged(
    'register',
    {
      history: historyOf(registerSteps()),
      claims: { ...CLAIMS, consistency: {}, tellsElections: true },
      samples: samplesOf(10_000).map((sample) => {
        const { node, timeNs, status } = sample
        const ms = timeNs / NS_PER_MS
        const role = node === 'n2' && ms < 4000 ? 'candidate' : 'leader'
        const isNew = (node === 'n2' && ms >= 3800) || (node === 'n3' && ms >= 4400)
        return isNew ? { ...sample, status: { ...status, role, term: 2, leader: node } } : sample
      }),
    },
    [leadership],
  )

/** Two nodes end by themselves, and what they said last is there. */
export const nodesDied = (): Promise<Incident> => {
  const ending = (node: string, atMs: number) => ({
    node,
    process: 'raft',
    pid: 4711,
    exit: 'exit code 3',
    timeNs: atMs * NS_PER_MS,
    lastWords: `2026-01-02T03:04:13.900Z ERROR ${node} out of file descriptors\n2026-01-02T03:04:13.901Z FATAL giving up`,
  })
  return judged('register', {
    history: historyOf(registerSteps()),
    facts: factsOf({
      endings: [ending('n1', 8900), ending('n2', 9000)],
      recovery: { recoveredAfterMs: null, deadlineMs: 1000, notReady: ['n1', 'n2'] },
    }),
  })
}

const HOSTILE = `</script><script>window.hurt = true</script><img src="https://example.com/x" onerror="window.hurt = true"> \u202e\u001b[31m`

/** Everything that comes from a cluster tries to be more than text, and one value is a megabyte long. */
export const hostileRun = (): Promise<Incident> => {
  const steps = registerSteps().map((step, i): Step => {
    if (i !== 100) return step
    return { ...step, type: 'fail', error: `${HOSTILE} ${'x'.repeat(1e6)}` }
  })
  const samples = samplesOf(10_000).map((sample) => ({ ...sample, node: `${HOSTILE} ${sample.node}` }))
  const fault = partition(true)
  return judged('register', {
    history: historyOf(steps),
    samples,
    faults: [
      { ...fault, victims: [HOSTILE], effects: [{ effective: true, summary: HOSTILE, measurements: {} }] },
    ],
    logs: [{ node: HOSTILE, text: `${HOSTILE}\n${'y'.repeat(1e6)}\n` }],
    facts: factsOf({ versions: { [HOSTILE]: HOSTILE } }),
  })
}

/** With so many operations, from none. */
export const shortRun = (count: number): Promise<Incident> =>
  judged('register', { history: historyOf(registerSteps().slice(0, count)) })

export const largeCluster = (nodes: number): Promise<Incident> =>
  judged('register', {
    history: historyOf(registerSteps()),
    samples: samplesOf(10_000).flatMap((sample) =>
      sample.node === 'n1' ? Array.from({ length: nodes }, (_, i) => ({ ...sample, node: `n${i + 1}` })) : [],
    ),
  })
