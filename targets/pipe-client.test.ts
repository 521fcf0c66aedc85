/** Programs that behave, and programs that do not: each is told apart, and no call is left without an outcome. */
import { describe, expect, it } from 'vitest'
import type { ClientContext } from '../harness/api/client.ts'
import { isAlive } from '../harness/faults/proc.ts'
import { waitUntil } from '../harness/support/wait.ts'
import { pipeClient } from './pipe-client.ts'

/** Node code in which `line` is a parsed line of the input and `say` writes one. */
const program = (onLine: string): readonly string[] => [
  process.execPath,
  '-e',
  `const say = (line) => console.log(typeof line === 'string' ? line : JSON.stringify(line))
   require('node:readline').createInterface({ input: process.stdin }).on('line', (text) => {
     const line = JSON.parse(text)
     if (line.open) return say({ ready: true })
     ${onLine}
   })`,
]

const context = (signal = new AbortController().signal): ClientContext => ({
  process: 7,
  node: { node: 'n1', address: '127.0.0.1' },
  endpoints: [{ node: 'n1', address: '127.0.0.1' }],
  localAddress: undefined,
  services: { sink: '127.0.0.2' },
  options: { depth: 2 },
  signal,
})

const CALL = { f: 'read', value: { key: 3 } }
const never = new AbortController().signal

const ask = async (onLine: string) => {
  await using connection = await pipeClient(program(onLine)).open(context())
  return connection.invoke(CALL, never)
}

describe('a program that is a client', () => {
  it.each([
    [
      `say({ id: line.id, type: 'ok', value: line.value, meta: { attempts: 1 } })`,
      { type: 'ok', value: { key: 3 }, meta: { attempts: 1 } },
    ],
    [`say({ id: line.id, type: 'fail', error: 'refused' })`, { type: 'fail', error: 'refused' }],
    [`say({ id: line.id, type: 'info', error: 'timeout' })`, { type: 'info', error: 'timeout' }],
    // Lines about other calls are none of this one's.
    [
      `say({ id: 99, type: 'ok' }); say({ id: line.id, type: 'fail', error: 'no' })`,
      { type: 'fail', error: 'no' },
    ],
    // Whole numbers keep their digits.
    [
      `say('{"id":' + line.id + ',"type":"ok","value":9007199254740993}')`,
      { type: 'ok', value: 9007199254740993n },
    ],
  ])('answers: %s', async (onLine, outcome) => expect(await ask(onLine)).toEqual(outcome))

  it.each([
    ['process.exit(3)', /it ended \(status 3\)$/],
    [
      'console.error("first"); console.error("out of ideas"); process.exit(1)',
      /it ended \(status 1\): out of ideas$/,
    ],
    ['process.kill(process.pid, "SIGKILL")', /it ended \(SIGKILL\)/],
    ['say("hello")', /it wrote hello, which is no answer/],
    ['say({ id: line.id, type: "fine" })', /type is "fine", not ok, fail or info/],
  ])('that misbehaves leaves the outcome open, and says why: %s', async (onLine, why) => {
    await using connection = await pipeClient(program(onLine)).open(context())
    expect(await connection.invoke(CALL, never)).toEqual({ type: 'info', error: expect.stringMatching(why) })
    expect(connection.canSend?.(CALL)).toBe(false)
  })

  it('that answers twice is used no more, and its mistake is told once', async () => {
    const twice = `const answer = { id: line.id, type: 'ok', value: 1 }; say(answer); say(answer)`
    const connection = await pipeClient(program(twice)).open(context())
    expect(await connection.invoke(CALL, never)).toEqual({ type: 'ok', value: 1 })
    expect(await waitUntil(() => connection.canSend?.(CALL) === false, 5000, 5)).toBe(true)
    await expect(connection[Symbol.asyncDispose]()).rejects.toThrow('call 1 has its answer')
  })

  it('may answer a call that nobody waits for any more', async () => {
    const late = `if (line.cancel === 1) say({ id: 1, type: 'ok', value: 1 })
      if (line.id === 2) say({ id: 2, type: 'ok', value: 2 })`
    await using connection = await pipeClient(program(late)).open(context())
    const controller = new AbortController()
    const cancelled = connection.invoke(CALL, controller.signal)
    controller.abort()
    expect(await cancelled).toEqual({ type: 'ok', value: 1 })
    expect(await connection.invoke(CALL, never)).toEqual({ type: 'ok', value: 2 })
  })

  it('is told where it is, and to what it connects', async () => {
    const echo = `say({ id: line.id, type: 'ok', value: opened })`
    const argv = program(echo).map((word) =>
      word.replace('return say', 'return globalThis.opened = line.open, say'),
    )
    await using connection = await pipeClient(argv).open(context())
    const { value } = (await connection.invoke(CALL, never)) as { readonly value: unknown }
    expect(value).toMatchObject({ process: 7, node: 'n1', address: '127.0.0.1', localAddress: null })
    expect(value).toMatchObject({ services: { sink: '127.0.0.2' }, options: { depth: 2 } })
  })

  it('that refuses to connect, or is not there, has sent nothing', async () => {
    const refusing = program('').map((word) => word.replace('{ ready: true }', "{ refused: 'not today' }"))
    await expect(pipeClient(refusing).open(context())).rejects.toThrow('not today')
    await expect(pipeClient(['/no/such/program']).open(context())).rejects.toThrow(/no\/such\/program/)
  })

  it('is told when nobody waits for a call any more, and killed if it does not end', async () => {
    const stubborn = program(`if (line.cancel) say({ id: line.cancel, type: 'info', error: 'given up' })`)
    const connection = await pipeClient([
      ...stubborn.slice(0, -1),
      `${stubborn.at(-1)}; setInterval(() => {}, 1000); console.error(process.pid)`,
    ]).open(context())
    const abort = new AbortController()
    const outcome = connection.invoke(CALL, abort.signal)
    abort.abort()
    expect(await outcome).toEqual({ type: 'info', error: 'given up' })
    const pid = (connection as unknown as { readonly pid: number }).pid
    expect(isAlive(pid)).toBe(true)
    await connection[Symbol.asyncDispose]()
    expect(await waitUntil(() => !isAlive(pid), 2000, 10)).toBe(true)
  })
})
