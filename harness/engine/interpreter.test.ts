import { describe, expect, it } from 'vitest'
import type { Call, Operation, Outcome } from '../api/history.ts'
import { calls, limit, sequence, stagger } from '../generators/combinators.ts'
import { rngFromSeed } from '../support/random.ts'
import { NS_PER_MS } from '../support/time.ts'
import { sleep } from '../support/wait.ts'
import { Interpreter } from './interpreter.ts'
import { Scheduler } from './scheduler.ts'

const read: Call = { f: 'read', value: null }
const clock = (): number => performance.now() * NS_PER_MS

const run = async (
  generator: ReturnType<typeof calls<Call>>,
  invoke: (thread: number, call: Call, signal: AbortSignal) => Promise<Outcome>,
  options: { readonly timeoutMs?: number; readonly signal?: AbortSignal } = {},
): Promise<{ readonly history: Operation[]; readonly crashed: number[] }> => {
  const history: Operation[] = []
  const crashed: number[] = []
  const scheduler: Scheduler<Call> = new Scheduler({
    generator,
    concurrency: 2,
    nemeses: 0,
    rng: rngFromSeed(1),
    record: (operation) => history.push(operation),
  })
  const interpreter = new Interpreter(scheduler, {
    concurrency: 2,
    patienceMs: () => options.timeoutMs ?? 1000,
    clock,
    signal: options.signal ?? new AbortController().signal,
    invoke,
    onCrash: (thread) => crashed.push(thread),
  })
  await interpreter.run()
  return { history, crashed }
}

describe('the interpreter', () => {
  it('runs operations concurrently, one per thread', async () => {
    let running = 0
    let most = 0
    const { history } = await run(
      limit(
        20,
        calls(() => read),
      ),
      async () => {
        most = Math.max(most, ++running)
        await sleep(2)
        running--
        return { type: 'ok', value: null }
      },
    )
    expect(most).toBe(2)
    expect(history).toHaveLength(40)
  })

  it('turns an operation over its deadline into info, aborts it, and ignores a much later answer', async () => {
    let aborted = false
    const late = Promise.withResolvers<Outcome>()
    const { history, crashed } = await run(
      limit(
        1,
        calls(() => read),
      ),
      async (_thread, _call, signal) => {
        signal.addEventListener('abort', () => {
          aborted = true
        })
        return late.promise
      },
      { timeoutMs: 50 },
    )
    late.resolve({ type: 'ok', value: 'too late' })
    await late.promise
    expect(history.at(-1)).toMatchObject({ type: 'info', error: 'timeout' })
    expect(history).toHaveLength(2)
    expect(aborted).toBe(true)
    expect(crashed).toEqual([0])
  })

  it('lets an aborted client report that it never sent anything', async () => {
    const { history } = await run(
      limit(
        1,
        calls(() => read),
      ),
      async (_thread, _call, signal) => {
        await sleep(5000, signal).catch(() => {})
        return { type: 'fail', error: 'not connected' }
      },
      { timeoutMs: 50 },
    )
    expect(history.at(-1)).toMatchObject({ type: 'fail', error: 'not connected' })
  })

  it('records info if a client throws', async () => {
    const { history } = await run(sequence([read]), async () => {
      throw new Error('boom')
    })
    expect(history.at(-1)).toMatchObject({ type: 'info', error: 'client error: boom' })
  })

  it('ends at once when aborted, with running operations as info', async () => {
    const controller = new AbortController()
    setTimeout(() => controller.abort(), 30)
    const hang = (): Promise<Outcome> => new Promise(() => {})
    const { history } = await run(
      calls(() => read),
      hang,
      { signal: controller.signal, timeoutMs: 60_000 },
    )
    expect(history.filter(({ type }) => type === 'info').map(({ error }) => error)).toEqual([
      'run aborted',
      'run aborted',
    ])
  })

  it('keeps to the schedule: nothing is invoked before its time', async () => {
    const startNs = clock()
    const { history } = await run(
      stagger(
        rngFromSeed(2),
        5 * NS_PER_MS,
        limit(
          20,
          calls(() => read),
        ),
      ),
      async () => ({ type: 'ok', value: null }),
    )
    const times = history.filter(({ type }) => type === 'invoke').map(({ timeNs }) => timeNs)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(times.at(-1) as number).toBeGreaterThan(startNs + 40 * NS_PER_MS)
  })
})
