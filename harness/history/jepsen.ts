/**
 * Jepsen's histories, read and written: EDN maps as Knossos and Elle take them, and the lines that
 * jepsen.util printed.
 *
 * Two dialects of a compare-and-set that did not match:
 * - `jepsen` (Knossos): `:fail` means the operation did not happen and says nothing more. A read that returned nil
 *   says nothing either. Registers start as 0.
 * - `etcd` (the logs of the 2014 etcd test): a failed cas is an observation that the value differed. Registers
 *   start as nil.
 *
 * A register call's value is `v` for one register, `[k v]` (an independent tuple) for many; cas has `[old new]`.
 */
import type { Operation } from '../api/history.ts'
import { UserError } from '../support/assert.ts'
import { type Edn, EdnMap, Keyword, parseEdn, printEdn, toEdn } from './edn.ts'

export const DIALECTS = ['jepsen', 'etcd'] as const
export type Dialect = (typeof DIALECTS)[number]

interface RawOperation {
  readonly process: number | 'nemesis'
  readonly type: Operation['type']
  readonly f: string
  readonly value: Edn
  readonly timeNs: number | null
  readonly error: string | null
}

const TYPES = ['invoke', 'ok', 'fail', 'info'] as const

const typeOf = (value: Edn | undefined, where: string): Operation['type'] => {
  const type = TYPES.find((known) => value instanceof Keyword && value.name === known)
  if (type === undefined) throw new UserError(`${where}: :type is none of :invoke, :ok, :fail, :info.`)
  return type
}

const rawFromMap = (map: Edn, where: string): RawOperation => {
  if (!(map instanceof EdnMap))
    throw new UserError(`${where}: not a map. A Jepsen history is a vector of maps, or one map a line.`)
  const process = map.get('process')
  const f = map.get('f')
  const time = map.get('time')
  const error = map.get('error')
  if (typeof process !== 'number' && !(process instanceof Keyword))
    throw new UserError(`${where}: no :process.`)
  if (!(f instanceof Keyword)) throw new UserError(`${where}: no :f.`)
  return {
    process: typeof process === 'number' ? process : 'nemesis',
    type: typeOf(map.get('type'), where),
    f: f.name,
    value: map.get('value') ?? null,
    timeNs: typeof time === 'number' ? time : null,
    error: error === undefined || error === null ? null : printEdn(error),
  }
}

const LOG_LINE = /^INFO\s+jepsen\.util - (\S+)\s+(:\w+)\s+(:[\w-]+)\s+(.*)$/

const rawFromLog = (text: string, name: string): readonly RawOperation[] => {
  const operations: RawOperation[] = []
  for (const [at, line] of text.split('\n').entries()) {
    const match = LOG_LINE.exec(line)
    if (match === null) continue
    const [, process, type, f, value] = match as unknown as [string, string, string, string, string]
    operations.push({
      process: process === ':nemesis' ? 'nemesis' : Number(process),
      type: typeOf(new Keyword(type.slice(1)), `${name}, line ${at + 1}`),
      f: f.slice(1),
      value: parseEdn(value, `${name}, line ${at + 1}`)[0] ?? null,
      timeNs: null,
      error: value === ':timed-out' ? 'timed-out' : null,
    })
  }
  return operations
}

const splitKey = (value: Edn): { key: number; rest: Edn } => {
  if (Array.isArray(value) && value.length === 2 && typeof value[0] === 'number') {
    return { key: value[0], rest: value[1] as Edn }
  }
  return { key: 0, rest: value }
}

const isPair = (value: Edn): value is readonly [Edn, Edn] => Array.isArray(value) && value.length === 2

/** Whether the registers are independent tuples: then a cas is `[k [old new]]`, not `[old new]`. */
const isKeyed = (raw: readonly RawOperation[]): boolean => {
  const cas = raw.find((op) => op.f === 'cas' && isPair(op.value))
  if (cas !== undefined) return isPair(cas.value) && isPair(cas.value[1])
  return raw.some((op) => op.f !== 'cas' && isPair(op.value) && op.process !== 'nemesis')
}

const integerOrNull = (value: Edn | undefined): number | null => (typeof value === 'number' ? value : null)

const registerValue = (op: RawOperation, keyed: boolean, invoked: unknown): unknown => {
  const { key, rest } = keyed ? splitKey(op.value) : { key: 0, rest: op.value }
  if (op.f === 'read')
    return {
      key,
      value: integerOrNull(rest),
      ...(op.type === 'ok' && rest === null ? { unknown: true } : {}),
    }
  if (op.f === 'write') return typeof rest === 'number' ? { key, value: rest } : invoked
  if (op.f === 'cas' && isPair(rest)) {
    const call = { key, expected: integerOrNull(rest[0]), next: integerOrNull(rest[1]) }
    return op.type === 'ok' ? { ...call, applied: true } : call
  }
  // What it returned; of what did not return, what was asked.
  return op.type === 'ok' ? toPlain(op.value) : (invoked ?? toPlain(op.value))
}

const toPlain = (value: Edn): unknown => {
  if (value instanceof Keyword) return value.name
  if (value instanceof EdnMap) {
    return Object.fromEntries([...value.entries].map(([key, v]) => [key.replace(/^:/, ''), toPlain(v)]))
  }
  return Array.isArray(value) ? value.map(toPlain) : value
}

/** Rewrites the etcd dialect's meanings into ours: a failed cas is `ok` with `applied: false`, its nil read is a fact. */
const inDialect = (operation: Operation, invoked: unknown, dialect: Dialect): Operation => {
  if (dialect === 'jepsen') return operation
  if (operation.type === 'fail' && operation.f === 'cas' && operation.error === undefined) {
    return { ...operation, type: 'ok', value: { ...(invoked as object), applied: false } }
  }
  if (operation.type === 'ok' && operation.f === 'read') {
    const { unknown: _, ...value } = operation.value as { unknown?: boolean }
    return { ...operation, value }
  }
  return operation
}

/** Reads a Jepsen history (EDN or log lines) of the register vocabulary; other functions keep their plain values. */
export const decodeJepsen = (text: string, dialect: Dialect, name = 'history.edn'): readonly Operation[] => {
  const raw = text.split('\n').some((line) => LOG_LINE.test(line))
    ? rawFromLog(text, name)
    : parseEdn(text, name)
        .flatMap((value) => (Array.isArray(value) ? (value as readonly Edn[]) : [value]))
        .map((map, at) => rawFromMap(map, `${name}, operation ${at}`))
  if (raw.length === 0)
    throw new UserError(`${name} holds no operation: expected Jepsen's EDN maps or its log lines.`)
  const keyed = isKeyed(raw)
  const invoked = new Map<number | 'nemesis', unknown>()
  return raw.map((op, index) => {
    const call = op.type === 'invoke' ? undefined : invoked.get(op.process)
    const value = op.process === 'nemesis' ? toPlain(op.value) : registerValue(op, keyed, call)
    if (op.type === 'invoke') invoked.set(op.process, value)
    const operation: Operation = {
      index,
      timeNs: op.timeNs ?? index * 1000,
      process: op.process,
      type: op.type,
      f: op.f,
      value: op.type === 'ok' || op.type === 'invoke' ? value : (call ?? value),
      ...(op.error === null ? {} : { error: op.error }),
    }
    return inDialect(operation, call, dialect)
  })
}

const ednValue = (operation: Operation): Edn => {
  const value = operation.value as Record<string, unknown> | null
  if (operation.f === 'read' && value !== null) return [toEdn(value.key), toEdn(value.value)]
  if (operation.f === 'write' && value !== null) return [toEdn(value.key), toEdn(value.value)]
  if (operation.f === 'cas' && value !== null) {
    return [toEdn(value.key), [toEdn(value.expected), toEdn(value.next)]]
  }
  return toEdn(operation.value)
}

/**
 * Writes a history as Knossos and Elle read it, one map a line, values as independent tuples. A compare-and-set
 * that did not match becomes `:fail`, Knossos's way: the observation is lost, nothing false is said.
 */
export const encodeJepsen = (history: readonly Operation[]): string =>
  history
    .map((operation) => {
      const missed =
        operation.f === 'cas' && (operation.value as { applied?: boolean } | null)?.applied === false
      const type = operation.type === 'ok' && missed ? 'fail' : operation.type
      const fields = new Map<string, Edn>([
        [':index', operation.index],
        [':time', operation.timeNs],
        [':type', new Keyword(type)],
        [':process', operation.process === 'nemesis' ? new Keyword('nemesis') : operation.process],
        [':f', new Keyword(operation.f)],
        [':value', operation.process === 'nemesis' ? toEdn(operation.value) : ednValue(operation)],
      ])
      if (operation.error !== undefined) fields.set(':error', operation.error)
      return `${printEdn(new EdnMap(fields))}\n`
    })
    .join('')
