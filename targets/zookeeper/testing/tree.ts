/** A tree of znodes that answers requests as a server without peers would, from the bytes that it is sent. */
import { CODES } from '../errors.ts'
import { JuteReader, JuteWriter } from '../jute.ts'
import type { Request } from '../requests.ts'
import { type Answered, RequestError } from '../session.ts'
import type { Sender } from '../store.ts'

interface Znode {
  data: string
  version: number
  owner: FakeSession | null
  children: number
}

type Outcome = { readonly error: number } | { readonly op: number; readonly answer: Buffer }

const OK = { op: 2, answer: Buffer.alloc(0) }

const statOf = ({ version }: Znode): Buffer =>
  new JuteWriter().record(Buffer.alloc(32)).int(version).record(Buffer.alloc(32)).finish()

const parentOf = (path: string): string => path.slice(0, Math.max(1, path.lastIndexOf('/')))

export class FakeTree {
  #nodes = new Map<string, Znode>([['/', { data: '', version: 0, owner: null, children: 0 }]])
  #zxid = 0n
  /** Called before each request, such as a write of another client. */
  before: (request: Request<unknown>) => void = () => {}

  session(): FakeSession {
    return new FakeSession(this)
  }

  expire(session: FakeSession): void {
    for (const [path, { owner }] of this.#nodes) if (owner === session) this.#nodes.delete(path)
  }

  perform({ op, body }: Request<unknown>, session: FakeSession): Answered<Outcome> {
    this.#zxid += 1n
    const answer =
      op === 14 ? this.#multi(new JuteReader(body), session) : this.#apply(op, new JuteReader(body), session)
    return { answer, zxid: this.#zxid }
  }

  /** Parts have no length of their own: each is read to its end. */
  #multi(body: JuteReader, session: FakeSession): Outcome {
    const kept = structuredClone(
      [...this.#nodes].map(([path, { data, version, children }]) => ({ path, data, version, children })),
    )
    const owners = new Map([...this.#nodes].map(([path, { owner }]) => [path, owner]))
    const writer = new JuteWriter()
    for (let at = 0; ; at++) {
      const op = body.int()
      const isLast = body.bool()
      body.int()
      if (isLast) break
      const outcome = this.#apply(op, body, session)
      if ('error' in outcome) {
        this.#nodes = new Map(
          kept.map(({ path, ...node }) => [path, { ...node, owner: owners.get(path) ?? null }]),
        )
        return { op: 14, answer: this.#refusal(at, outcome.error) }
      }
      writer.int(op).bool(false).int(0).record(outcome.answer)
    }
    return { op: 14, answer: writer.int(-1).bool(true).int(-1).finish() }
  }

  #refusal(at: number, error: number): Buffer {
    const writer = new JuteWriter()
    for (const code of [...Array.from({ length: at }, () => 0), error])
      writer.int(-1).bool(false).int(code).int(code)
    return writer.int(-1).bool(true).int(-1).finish()
  }

  #apply(op: number, body: JuteReader, session: FakeSession): Outcome {
    const path = body.text()
    if (op === 1) return this.#create(path, body, session)
    if (op === 9) return { op, answer: new JuteWriter().text(path).finish() }
    const data = op === 5 ? body.text() : ''
    if (op === 4 || op === 12) body.bool()
    const version = op === 4 || op === 12 ? -1 : body.int()
    const node = this.#nodes.get(path)
    if (node === undefined) return { error: CODES.noNode }
    if (version !== -1 && version !== node.version) return { error: CODES.badVersion }
    if (op === 2) this.#nodes.delete(path)
    if (op === 4) return { op, answer: new JuteWriter().text(node.data).record(statOf(node)).finish() }
    if (op === 12) return { op, answer: this.#children(path) }
    if (op !== 5) return OK
    node.data = data
    node.version += 1
    return { op, answer: statOf(node) }
  }

  #children(path: string): Buffer {
    const below = [...this.#nodes.keys()].filter((each) => each !== path && parentOf(each) === path)
    const writer = new JuteWriter().int(below.length)
    for (const each of below.toReversed()) writer.text(each.slice(path.length + 1))
    return writer.record(Buffer.alloc(68)).finish()
  }

  #create(asked: string, body: JuteReader, session: FakeSession): Outcome {
    const data = body.text()
    body.int()
    body.int()
    body.text()
    body.text()
    const kind = body.int()
    const parent = this.#nodes.get(parentOf(asked))
    if (parent === undefined) return { error: CODES.noNode }
    const path = kind >= 2 ? `${asked}${String(parent.children).padStart(10, '0')}` : asked
    if (this.#nodes.has(path)) return { error: CODES.nodeExists }
    parent.children += 1
    this.#nodes.set(path, { data, version: 0, owner: kind % 2 === 1 ? session : null, children: 0 })
    return { op: 1, answer: new JuteWriter().text(path).finish() }
  }
}

export class FakeSession implements Sender {
  readonly timeoutMs = 1500
  readonly #tree: FakeTree

  constructor(tree: FakeTree) {
    this.#tree = tree
  }

  async send<Answer>(request: Request<Answer>): Promise<Answered<Answer>> {
    this.#tree.before(request)
    const { answer: outcome, zxid } = this.#tree.perform(request, this)
    if ('error' in outcome) throw new RequestError('refused', `error ${outcome.error}`, outcome.error)
    return { answer: request.read(new JuteReader(outcome.answer)), zxid }
  }

  async [Symbol.asyncDispose](): Promise<void> {}
}
