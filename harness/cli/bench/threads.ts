/**
 * Whether an operation costs more the more threads there are: the processor time of scheduler and generators at 10 threads
 * and at 1,000, once with every thread at work and once with most of them idle.
 */
import { register } from '../../../workloads/register.ts'
import type { Call } from '../../api/history.ts'
import { Scheduler } from '../../engine/scheduler.ts'
import { FakeRegisters } from '../../environments/fake/register-target.ts'
import { any, limit, nothing, timeLimit } from '../../generators/combinators.ts'
import { onClients, onNemesis } from '../../generators/threads.ts'
import { rngFromSeed } from '../../support/random.ts'
import { defaultsOf } from '../run/options.ts'

const OPERATIONS = 20_000
const FEW = 10
const MANY = 1000
const ROUNDS = 3
/** Operations in flight, if most threads are idle. */
const HARDLY_ANY = 5

/** As the main part of a run has it. */
const schedulerOf = (concurrency: number): Scheduler<Call> => {
  const clients = register.generator(rngFromSeed(1), defaultsOf(register.options), { concurrency, nodes: 5 })
  return new Scheduler<Call>({
    generator: timeLimit(
      Number.MAX_SAFE_INTEGER,
      any(onClients<Call>(concurrency, limit(OPERATIONS, clients)), onNemesis(concurrency, 0, nothing())),
    ),
    concurrency,
    nemeses: 1,
    rng: rngFromSeed(1),
    record: () => {},
  })
}

/** Answers in the order of the calls, as soon as that many are in flight. Returns microseconds for each operation. */
const costOf = (concurrency: number, inFlight: number): number => {
  const scheduler = schedulerOf(concurrency)
  const registers = new FakeRegisters()
  const asked: { readonly thread: number; readonly call: Call }[] = []
  let answered = 0
  const answer = (nowNs: number): void => {
    const { thread, call } = asked[answered++] as (typeof asked)[number]
    scheduler.complete(thread, registers.apply(call), nowNs)
  }
  const before = process.cpuUsage()
  for (let nowNs = 0; ; nowNs += 1000) {
    const decision = scheduler.poll(nowNs)
    if (decision.type === 'done') break
    if (decision.type === 'dispatch') asked.push(decision)
    if (decision.type === 'wait' || asked.length - answered >= inFlight) answer(nowNs)
  }
  const { user, system } = process.cpuUsage(before)
  return (user + system) / OPERATIONS
}

/** The least of some rounds: whatever disturbs one makes it longer. */
const leastCostOf = (concurrency: number, inFlight: number): number =>
  Math.min(...Array.from({ length: ROUNDS }, () => costOf(concurrency, inFlight)))

const lineOf = (what: string, few: number, many: number): string =>
  `threads    ${(many / few).toFixed(2)} times the processor time for an operation at ${MANY} threads as at ${FEW}, ${what} (goal: at most 1.20): ${many.toFixed(1)} us, ${few.toFixed(1)} us\n`

export const benchThreads = (): string => {
  // Compiles what is measured.
  costOf(FEW, FEW)
  return [
    lineOf('all at work', leastCostOf(FEW, FEW), leastCostOf(MANY, MANY)),
    lineOf('most idle', leastCostOf(FEW, HARDLY_ANY), leastCostOf(MANY, HARDLY_ANY)),
  ].join('')
}
