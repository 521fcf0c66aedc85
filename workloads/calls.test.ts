/** Every workload in virtual time, on the state machines of the bundled cluster: its calls and answers match its vocabulary. */
import { describe, expect, it } from 'vitest'
import type { Call, Operation } from '../harness/api/history.ts'
import type { Options } from '../harness/api/options.ts'
import type { Workload } from '../harness/api/workload.ts'
import { Scheduler } from '../harness/engine/scheduler.ts'
import { simulate } from '../harness/engine/simulate.ts'
import { FakeRegisters } from '../harness/environments/fake/register-target.ts'
import { limit } from '../harness/generators/combinators.ts'
import { encodeEdn } from '../harness/history/export.ts'
import { rngFromSeed } from '../harness/support/random.ts'
import { readAny } from '../harness/testing/decoded.ts'
import { misfits } from '../harness/testing/misfits.ts'
import { structures } from '../targets/protocol/structures/index.ts'
import { workloads } from './index.ts'

const CALLS = 400
const CONTEXT = { concurrency: 6, nodes: 3 }

/** Returns the ok value of a call. */
type Answer = (call: Call) => unknown

/** The structure that the cluster keeps for a vocabulary, as if each call were one entry of the log. */
const structureOf = (name: string): Answer => {
  const structure = structures[name]?.make(null)
  if (structure === undefined) throw new Error(`no structure for ${name}`)
  let index = 0
  return (call) => structure.execute(call, { index: ++index, term: 1, session: 1 })
}

/** Does what the job queue's client does: takes a job and acknowledges it. */
const working =
  (queue: Answer): Answer =>
  (call) => {
    if (call.f !== 'work') return queue(call)
    const { request, token } = queue({ f: 'take', value: {} }) as {
      request: { key: string } | null
      token: number
    }
    if (request === null) return { key: null }
    const { key } = request
    return { key, token, ...(queue({ f: 'ack', value: { key, token, worker: 'test' } }) as object) }
  }

/** The holder of a lock may always enter the protected resource. */
const protecting =
  (locks: Answer): Answer =>
  (call) =>
    call.f === 'enter' || call.f === 'leave' ? { refused: null } : locks(call)

const answersOf = ({ vocabulary: { name } }: Workload): Answer => {
  switch (name) {
    case 'election':
      return () => ({ leader: 'n1', term: 1 })
    case 'job-queue':
      return working(structureOf(name))
    case 'protected-lock':
      return protecting(structureOf('lock'))
    case 'protected-lease':
      return protecting(structureOf('lease'))
    default:
      return structureOf(name)
  }
}

const optionsOf = (workload: Workload): Options =>
  Object.fromEntries(Object.entries(workload.options).map(([name, spec]) => [name, spec.default]))

/** Runs some calls, then the workload's final calls. */
const play = (workload: Workload, answer: Answer, chosen: Options = {}): readonly Operation[] => {
  const history: Operation[] = []
  const options = { ...optionsOf(workload), ...chosen }
  const rng = rngFromSeed(7)
  const scheduler: Scheduler<Call> = new Scheduler({
    generator: limit(CALLS, workload.generator(rng, options, CONTEXT)),
    concurrency: CONTEXT.concurrency,
    nemeses: 0,
    rng,
    record: (operation) => history.push(operation),
  })
  const latency = rng.fork('latency')
  const respond = (call: Call): { outcome: { type: 'ok'; value: unknown }; latencyNs: number } => ({
    outcome: { type: 'ok', value: answer(call) },
    latencyNs: 1 + latency.int(1000),
  })
  const endNs = simulate(scheduler, respond)
  const final = workload.finalGenerator?.(rng, options, {
    ...CONTEXT,
    ordinal: (thread) => scheduler.ordinalOf(thread),
  })
  if (final === undefined) return history
  scheduler.extend(limit(CALLS, final))
  simulate(scheduler, respond, endNs)
  return history
}

describe('the calls and answers of a workload match its vocabulary', () => {
  it.each(Object.values(workloads))('$name', (workload) => {
    const history = play(workload, answersOf(workload))
    expect(history.length).toBeGreaterThanOrEqual(2 * CALLS)
    expect(misfits(workload.vocabulary, history)).toEqual([])
  })

  it('register, on the in-memory cluster of the tests', () => {
    const { register } = workloads
    if (register === undefined) throw new Error('no workload named register')
    const registers = new FakeRegisters()
    const answer: Answer = (call) => {
      const outcome = registers.apply(call)
      return outcome.type === 'ok' ? outcome.value : outcome
    }
    expect(misfits(register.vocabulary, play(register, answer))).toEqual([])
  })

  it('an answer to another call does not', () => {
    const { register } = workloads
    if (register === undefined) throw new Error('no workload named register')
    const honest = answersOf(register)
    const strange: Answer = (call) => ({ ...(honest(call) as object), key: -1 })
    // A question about a strange answer would be answered as strangely as it was asked.
    const history = play(register, strange, { questions: 0 })
    expect(misfits(register.vocabulary, history)).toHaveLength(history.length / 2)
  })
})

describe("a history written as Jepsen's EDN reads back as the same operations", () => {
  const told = ({ process, type, f, value }: Operation): unknown => ({ process, type, f, value })

  it.each(Object.values(workloads))('$name', (workload) => {
    const history = play(workload, answersOf(workload))
    const { operations } = readAny(
      encodeEdn(history, workload.vocabulary),
      'h.edn',
      workload.vocabulary,
      'etcd',
    )
    expect(operations.map(told)).toEqual(history.map(told))
  })
})

it('the calls of a vocabulary are all used by some workload', () => {
  const used = new Map<string, Set<string>>()
  for (const workload of Object.values(workloads)) {
    const { name } = workload.vocabulary
    const calls = used.get(name) ?? new Set()
    used.set(name, calls)
    for (const { f } of play(workload, answersOf(workload))) calls.add(f)
  }
  for (const { vocabulary } of Object.values(workloads))
    expect([...(used.get(vocabulary.name) ?? [])].sort(), vocabulary.name).toEqual(
      Object.keys(vocabulary.calls)
        .filter((f) => vocabulary.calls[f]?.onlyImported !== true)
        .sort(),
    )
})
