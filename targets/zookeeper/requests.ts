/** The requests that the clients send, and what ZooKeeper answers to them. Source: ZooKeeper 3.8, `zookeeper.jute`. */
import { CODES } from './errors.ts'
import { type JuteReader, JuteWriter } from './jute.ts'

const OPS = {
  create: 1,
  delete: 2,
  getData: 4,
  setData: 5,
  sync: 9,
  getChildren2: 12,
  check: 13,
  multi: 14,
} as const

export interface Node {
  readonly data: string
  readonly version: number
}

/** A request, and how its answer is read if it has no error. */
export interface Request<Answer> {
  readonly op: number
  readonly body: Buffer
  /** Whether it may change the object that a call is about. */
  readonly changes: boolean
  readonly read: (answer: JuteReader) => Answer
}

/** Flags of `create`. */
export const KINDS = { persistent: 0, ephemeral: 1, sequential: 2 } as const

/** Any version. */
const ANY = -1

/** The version of the data, from the record that ZooKeeper calls Stat. */
const readVersion = (answer: JuteReader): number => {
  // czxid, mzxid, ctime and mtime.
  for (let i = 0; i < 4; i++) answer.long()
  const version = answer.int()
  // cversion, aversion, ephemeralOwner, dataLength, numChildren and pzxid.
  answer.int()
  answer.int()
  answer.long()
  answer.int()
  answer.int()
  answer.long()
  return version
}

const ALL_PERMISSIONS = 31

/** Answered with the path. ZooKeeper appends a number to that of a sequential znode. */
export const create = (path: string, data: string, kind: number = KINDS.persistent): Request<string> => ({
  op: OPS.create,
  changes: true,
  body: new JuteWriter()
    .text(path)
    .text(data)
    .int(1)
    .int(ALL_PERMISSIONS)
    .text('world')
    .text('anyone')
    .int(kind)
    .finish(),
  read: (answer) => answer.text(),
})

/**
 * Answered with the new version.
 *
 * @param version that it must have. Absent: any
 */
export const setData = (path: string, data: string, version: number = ANY): Request<number> => ({
  op: OPS.setData,
  changes: true,
  body: new JuteWriter().text(path).text(data).int(version).finish(),
  read: readVersion,
})

export const remove = (path: string): Request<true> => ({
  op: OPS.delete,
  changes: true,
  body: new JuteWriter().text(path).int(ANY).finish(),
  read: () => true,
})

/** In a transaction: refuses it if the znode has another version. */
export const check = (path: string, version: number): Request<true> => ({
  op: OPS.check,
  changes: false,
  body: new JuteWriter().text(path).int(version).finish(),
  read: () => true,
})

export const getData = (path: string): Request<Node> => ({
  op: OPS.getData,
  changes: false,
  body: new JuteWriter().text(path).bool(false).finish(),
  read: (answer) => ({ data: answer.text(), version: readVersion(answer) }),
})

/** The names of the children, in no order. */
export const getChildren = (path: string): Request<readonly string[]> => ({
  op: OPS.getChildren2,
  changes: false,
  body: new JuteWriter().text(path).bool(false).finish(),
  read: (answer) => answer.texts(),
})

export const sync = (path: string): Request<true> => ({
  op: OPS.sync,
  changes: false,
  body: new JuteWriter().text(path).finish(),
  read: () => true,
})

/** The answers to the parts of a transaction that was applied, or the code of the part that refused it. */
export type MultiAnswer =
  | { readonly applied: true; readonly answers: readonly unknown[] }
  | { readonly applied: false; readonly error: number }

const readMulti = (parts: readonly Request<unknown>[], answer: JuteReader): MultiAnswer => {
  const answers: unknown[] = []
  const errors: number[] = []
  for (let at = 0; ; at++) {
    const op = answer.int()
    const isLast = answer.bool()
    answer.int()
    if (isLast) break
    // A part without an answer of its own is answered by its code: 0 in front of the part that refused.
    if (op === -1) errors.push(answer.int())
    else answers.push(parts[at]?.read(answer))
  }
  if (errors.length === 0) return { applied: true, answers }
  const refused = errors.find((code) => code !== 0 && code !== CODES.runtimeInconsistency)
  return { applied: false, error: refused ?? CODES.runtimeInconsistency }
}

/** A transaction: all parts are applied, or none. */
export const multi = (parts: readonly Request<unknown>[]): Request<MultiAnswer> => {
  const writer = new JuteWriter()
  for (const { op, body } of parts) writer.int(op).bool(false).int(-1).record(body)
  return {
    op: OPS.multi,
    changes: parts.some(({ changes }) => changes),
    body: writer.int(-1).bool(true).int(-1).finish(),
    read: (answer) => readMulti(parts, answer),
  }
}
