/** One call's way to the znodes: requests one after another, over the session of the process. */

import { CODES, nameOf } from './errors.ts'
import type { ZooKeeperOptions } from './options.ts'
import {
  create,
  getChildren,
  getData,
  type MultiAnswer,
  multi,
  type Node,
  type Request,
  setData,
  sync,
} from './requests.ts'
import { type Answered, RequestError, type Session } from './session.ts'

/** What was read has changed before it was written: nothing was written. */
export class Conflict extends Error {}

/** A write to it is the quorum operation before a read. */
const BARRIER = '/barrier'

/** A session, as far as calls use it. */
export type Sender = Pick<Session, 'send' | 'timeoutMs'> & AsyncDisposable

export interface StoreOptions {
  readonly session: Sender
  readonly reads: ZooKeeperOptions['reads']
  readonly signal: AbortSignal
  /** Opens another session with the same server. */
  readonly another: (timeoutMs: number) => Sender
}

export class Store {
  readonly #options: StoreOptions
  #zxid = 0n

  constructor(options: StoreOptions) {
    this.#options = options
  }

  /** The last transaction that the server had applied when it answered last. */
  get zxid(): bigint {
    return this.#zxid
  }

  another(timeoutMs: number): Sender {
    return this.#options.another(timeoutMs)
  }

  /** The same over another session. */
  over(session: Sender): Store {
    return new Store({ ...this.#options, session })
  }

  async send<Answer>(request: Request<Answer>): Promise<Answer> {
    const { session, signal } = this.#options
    const { answer, zxid }: Answered<Answer> = await session.send(request, signal).catch((error: unknown) => {
      // A request that changes nothing proves that nothing was changed, whatever became of it.
      if (!(error instanceof RequestError) || error.trouble !== 'doubt' || request.changes) throw error
      throw new RequestError('unsent', `nothing was written yet: ${error.message}`)
    })
    this.#zxid = zxid
    return answer
  }

  /** Sends it; null if it is refused for one of these reasons. */
  async trySend<Answer>(request: Request<Answer>, ...codes: readonly number[]): Promise<Answer | null> {
    try {
      return await this.send(request)
    } catch (error) {
      if (error instanceof RequestError && error.trouble === 'refused' && codes.includes(error.code ?? 0))
        return null
      throw error
    }
  }

  /** All parts or none. Null if it is refused for one of these reasons. */
  async transact(
    parts: readonly Request<unknown>[],
    ...codes: readonly number[]
  ): Promise<readonly unknown[] | null> {
    const answer: MultiAnswer = await this.send(multi(parts))
    if (answer.applied) return answer.answers
    if (codes.includes(answer.error)) return null
    throw new RequestError('refused', nameOf(answer.error), answer.error)
  }

  /** The znode as the server has it, perhaps in an older state; null: it does not exist. */
  find(path: string): Promise<Node | null> {
    return this.trySend(getData(path), CODES.noNode)
  }

  /** The names of the children, as the server has them; none if the parent does not exist. */
  async children(path: string): Promise<readonly string[]> {
    return (await this.trySend(getChildren(path), CODES.noNode)) ?? []
  }

  /** Writes, whether it exists or not. Znodes that are written so are never deleted. */
  async put(path: string, data: string): Promise<void> {
    if ((await this.trySend(setData(path, data), CODES.noNode)) !== null) return
    if ((await this.trySend(create(path, data), CODES.nodeExists)) !== null) return
    await this.send(setData(path, data))
  }

  /** Creates the znode if it does not exist. Nothing that a call is about. */
  async prepare(path: string): Promise<void> {
    await this.trySend({ ...create(path, ''), changes: false }, CODES.nodeExists)
  }

  /** Creates a child. Its parent is created before, if it does not exist. */
  async createBelow(parent: string, child: Request<string>): Promise<string> {
    const created = await this.trySend(child, CODES.noNode)
    if (created !== null) return created
    await this.prepare(parent)
    return this.send(child)
  }

  /** What the server reads from now on shows every write that was acknowledged before. */
  async catchUp(): Promise<void> {
    const write = { ...setData(BARRIER, ''), changes: false }
    if ((await this.trySend(write, CODES.noNode)) !== null) return
    await this.prepare(BARRIER)
  }

  /** Before a call's read, as the option `reads` says. */
  async beforeRead(): Promise<void> {
    const { reads } = this.#options
    if (reads === 'quorum') await this.catchUp()
    if (reads === 'sync') await this.send(sync('/'))
  }
}
