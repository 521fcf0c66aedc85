/**
 * Clients in any language: a program that reads calls and writes outcomes, a line of JSON each. One process of it is one
 * connection. It runs where the harness's own clients do, so it must connect from the address that it is told, and it ends
 * with the run.
 *
 * It reads, on standard input:
 *
 * | line                                            | meaning                                                     |
 * | ----------------------------------------------- | ----------------------------------------------------------- |
 * | `{"open": {node, address, localAddress, ...}}`  | first: connect (`PipeOpen`)                                 |
 * | `{"id": 1, "f": "read", "value": {"key": 3}}`   | a call, in the vocabulary's schema; one at a time           |
 * | `{"cancel": 1}`                                 | nobody waits for that call any more: say `info`, or nothing |
 *
 * It writes, on standard output:
 *
 * | line                                            | meaning                                                     |
 * | ----------------------------------------------- | ----------------------------------------------------------- |
 * | `{"ready": true}`                               | it is connected                                             |
 * | `{"refused": "why"}`                            | it cannot connect: the waiting call was never sent          |
 * | `{"id": 1, "type": "ok", "value": {...}}`       | the call happened, and returned this                        |
 * | `{"id": 1, "type": "fail", "error": "why"}`     | it did not happen and never will                            |
 * | `{"id": 1, "type": "info", "error": "why"}`     | anything else, such as a timeout                            |
 *
 * An outcome may have `meta`, an object of numbers and texts. When standard input ends, so must the program. What it writes
 * to standard error is quoted if it ends too early.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import readline from 'node:readline'
import type { Client, ClientContext, Connection, Endpoint } from '../harness/api/client.ts'
import type { Call, Outcome } from '../harness/api/history.ts'
import type { Options } from '../harness/api/options.ts'
import { messageOf } from '../harness/support/assert.ts'
import { parseJson, printJson } from '../harness/support/json.ts'

/** What the program is told when it is to connect. */
export interface PipeOpen {
  readonly process: ClientContext['process']
  readonly node: string
  readonly address: string
  /** The address to connect from; null: any. */
  readonly localAddress: string | null
  readonly endpoints: readonly Endpoint[]
  readonly services: Readonly<Record<string, string>>
  readonly options: Options
}

/** How long the program may go on after its standard input has ended. */
const END_TIMEOUT_MS = 500
/** How long after `cancel` it may still say what became of the call. It need not say anything. */
const CANCEL_MS = 50
const MOST_STDERR = 2000

type Line = Readonly<Record<string, unknown>>

const lineOf = (text: string): Line => {
  const line = parseJson(text)
  if (typeof line !== 'object' || line === null) throw new Error('it is no object')
  return line as Line
}

const outcomeOf = ({ type, value, error, meta }: Line): Outcome => {
  const extra = meta === undefined ? {} : { meta: meta as NonNullable<Outcome['meta']> }
  if (type === 'ok') return { type, value, ...extra }
  if (type === 'fail' || type === 'info') return { type, error: String(error ?? 'no reason given'), ...extra }
  throw new Error(`type is ${printJson(type)}, not ok, fail or info`)
}

/** The process of one connection. Whoever waits for a line of it gets an error once it has ended. */
class PipeProcess implements Connection {
  readonly #child: ChildProcess
  readonly #program: string
  #stderr = ''
  #next = 1
  #waiting: { readonly take: (line: Line) => void; readonly fail: (error: Error) => void } | null = null
  /** Why it can be used no more. */
  #over: string | null = null
  /** It may still be waiting for the answer to a call that was given up. */
  #isBusy = false
  /** Whether anybody was told why. */
  #isTold = false
  /** Calls that nobody waits for any more: they may be answered or not. */
  readonly #cancelled = new Set<unknown>()

  constructor(argv: readonly string[]) {
    this.#program = argv.join(' ')
    // It dies with the controller, however that ends.
    this.#child = spawn('setpriv', ['--pdeathsig', 'KILL', '--', ...argv], { stdio: 'pipe' })
    this.#child.on('error', (error) => this.#end(error.message))
    this.#child.on('exit', (code, signal) => {
      // One that has answered what it was asked, and ends in order, leaves the next call to another process.
      if (code === 0 && this.#waiting === null) this.#isTold = true
      this.#end(`it ended (${signal ?? `status ${code}`})`)
    })
    this.#child.stdin?.on('error', () => {})
    this.#child.stderr?.on('data', (chunk: Buffer) => {
      this.#stderr = `${this.#stderr}${chunk.toString()}`.slice(-MOST_STDERR)
    })
    readline
      .createInterface({ input: this.#child.stdout as NodeJS.ReadableStream })
      .on('line', (text) => this.#hear(text))
  }

  /** Of the process; 0 if it could not be started. */
  get pid(): number {
    return this.#child.pid ?? 0
  }

  #end(why: string): void {
    const said = this.#stderr.trim().split('\n').at(-1) ?? ''
    this.#over ??= `client ${this.#program}: ${why}${said === '' ? '' : `: ${said}`}`
    this.#isTold ||= this.#waiting !== null
    this.#waiting?.fail(new Error(this.#over))
    this.#waiting = null
  }

  #hear(text: string): void {
    try {
      const line = lineOf(text)
      // Nothing of it can be trusted any more: which of the answers is true?
      if (this.#isSecond(line.id)) throw new Error(`call ${line.id} has its answer`)
      this.#waiting?.take(line)
    } catch (error) {
      this.#end(`it wrote ${text.slice(0, 200)}, which is no answer: ${messageOf(error)}`)
    }
  }

  /** Whether the call with this id was answered before. */
  #isSecond(id: unknown): boolean {
    if (this.#cancelled.delete(id) || typeof id !== 'number') return false
    return id < this.#next - (this.#waiting === null ? 0 : 1)
  }

  #say(line: object): void {
    this.#child.stdin?.write(`${printJson(line)}\n`)
  }

  /** The first answer that `read` takes: others, to calls that nobody waits for any more, are `null` to it. */
  #answer<T>(read: (line: Line) => T | null): Promise<T> {
    if (this.#over !== null) return Promise.reject(new Error(this.#over))
    return new Promise((resolve, reject) => {
      const take = (line: Line): void => {
        const answer = read(line)
        if (answer === null) return
        this.#waiting = null
        resolve(answer)
      }
      this.#waiting = { take, fail: reject }
    })
  }

  /** @throws Error if it refuses or ends. */
  async connect(open: PipeOpen, signal: AbortSignal): Promise<void> {
    const abort = (): void => this.#end('it was not connected in time')
    signal.addEventListener('abort', abort, { once: true })
    this.#say({ open })
    const refused = await this.#answer(({ ready, refused: why }) =>
      why === undefined ? (ready === true ? '' : null) : String(why),
    ).finally(() => signal.removeEventListener('abort', abort))
    if (refused !== '') throw new Error(refused)
  }

  async invoke({ f, value }: Call, signal: AbortSignal): Promise<Outcome> {
    const id = this.#next++
    const { promise: givenUp, resolve: giveUp } = Promise.withResolvers<Outcome>()
    let timer: NodeJS.Timeout | undefined
    const cancel = (): void => {
      this.#cancelled.add(id)
      this.#say({ cancel: id })
      timer = setTimeout(() => {
        this.#isBusy = true
        giveUp({ type: 'info', error: 'no answer in time' })
      }, CANCEL_MS)
    }
    signal.addEventListener('abort', cancel, { once: true })
    this.#say({ id, f, value })
    try {
      const answer = this.#answer((line) => (line.id === id ? outcomeOf(line) : null))
      answer.catch(() => {})
      return await Promise.race([answer, givenUp])
    } catch (error) {
      return { type: 'info', error: messageOf(error) }
    } finally {
      clearTimeout(timer)
      signal.removeEventListener('abort', cancel)
    }
  }

  canSend(): boolean {
    return this.#over === null && !this.#isBusy
  }

  /** Rejects with its mistake, if nobody was told of it. */
  async [Symbol.asyncDispose](): Promise<void> {
    const untold = this.#isTold ? null : this.#over
    await this.#stop()
    if (untold !== null) throw new Error(untold)
  }

  async #stop(): Promise<void> {
    const child = this.#child
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    const timer = setTimeout(() => child.kill('SIGKILL'), END_TIMEOUT_MS)
    child.stdin?.end()
    await ended
    clearTimeout(timer)
  }
}

/**
 * A client that is a program: see the protocol above.
 *
 * @param argv the program and its arguments
 */
export const pipeClient = (argv: readonly string[]): Client => ({
  open: async ({ process, node, localAddress, endpoints, services, options, signal }) => {
    const connection = new PipeProcess(argv)
    const where = { process, node: node.node, address: node.address, localAddress: localAddress ?? null }
    try {
      await connection.connect({ ...where, endpoints, services, options }, signal)
      return connection
    } catch (error) {
      await connection[Symbol.asyncDispose]()
      throw error
    }
  },
})
