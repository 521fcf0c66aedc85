/**
 * The events of other people's histories, whichever way they are written:
 *
 * - Jepsen's and Maelstrom's `history.edn`: maps, one a line or in a vector, with or without records' tags;
 * - their `history.txt`: process, type, function, value and error, separated by tabs;
 * - `jepsen.log`, of 2014 and of today: the same behind a logger's prefix;
 * - JSON arrays of operations, as elle-cli reads them, and JSON Lines of the same.
 *
 * What an event means is another question: see `import.ts`.
 */
import type { Edn } from '../api/edn.ts'
import type { Operation } from '../api/history.ts'
import { UserError } from '../support/assert.ts'
import { parseJson } from '../support/json.ts'
import { entry, isKeyword, isMap, isSequence, nameOf } from '../vocabularies/edn.ts'
import { eachEdn, printEdn, readEdn } from './edn.ts'

export interface ForeignEvent {
  /** Where it stands, such as `history.edn, line 3`. */
  readonly where: string
  /** Null where none is told. */
  readonly process: number | string | null
  readonly type: Operation['type']
  readonly f: string | null
  readonly value: Edn
  readonly timeNs: number | null
  readonly error: string | null
  readonly node: string | null
}

export interface ForeignHistory {
  readonly events: readonly ForeignEvent[]
  /** What the reader should be told, such as a torn last line. */
  readonly notes: readonly string[]
}

const TYPES = ['invoke', 'ok', 'fail', 'info'] as const
const NS_PER_MS = 1e6

const typeOf = (value: Edn | undefined, where: string): Operation['type'] => {
  const name = nameOf(value)?.replace(/^:/, '')
  const type = TYPES.find((known) => known === name)
  if (type !== undefined) return type
  const found = value === undefined ? 'there is no :type' : `:type is ${printEdn(value)}`
  throw new UserError(`${where}: ${found}; one of :invoke, :ok, :fail, :info is expected.`)
}

const processOf = (value: Edn | undefined, where: string): ForeignEvent['process'] => {
  if (value === undefined || value === null) return null
  if (typeof value === 'number' && Number.isInteger(value)) return value
  const name = nameOf(value)?.replace(/^:/, '')
  if (name !== undefined) return /^-?\d+$/.test(name) ? Number(name) : name
  throw new UserError(`${where}: :process is ${printEdn(value)}; a whole number or :nemesis is expected.`)
}

const errorText = (error: Edn | undefined): string | null => {
  if (error === undefined || error === null) return null
  return isKeyword(error) ? error.keyword : typeof error === 'string' ? error : printEdn(error)
}

const fromMap = (map: Edn, where: string): ForeignEvent => {
  if (!isMap(map))
    throw new UserError(
      `${where}: ${printEdn(map).slice(0, 60)} is no operation: a map with :process, :type, :f and :value is expected.`,
    )
  const f = entry(map, 'f')
  const time = entry(map, 'time')
  return {
    where,
    process: processOf(entry(map, 'process'), where),
    type: typeOf(entry(map, 'type'), where),
    f: nameOf(f)?.replace(/^:/, '') ?? null,
    value: entry(map, 'value') ?? null,
    timeNs: typeof time === 'number' || typeof time === 'bigint' ? Number(time) : null,
    error: errorText(entry(map, 'error')),
    node: nameOf(entry(map, 'node')),
  }
}

/** Process, type, function, and the rest of the line. */
const LOG_LINE = /^(?:.*?\bjepsen\.util(?::| -)\s+)?(\S+)\s+:(invoke|ok|fail|info)\s+(\S+)(?:\s+(.*))?$/
const LOG_TIME = /^(\d{4}-\d\d-\d\d)[ T](\d\d:\d\d:\d\d)[,.](\d{3})/

const isLogLine = (line: string): boolean => !/^\s*[[{(;#]/.test(line) && LOG_LINE.test(line)

/** The first logged operation was at 0. */
const logTimeNs = (line: string, startMs: { value: number | null }): number | null => {
  const match = LOG_TIME.exec(line)
  if (match === null) return null
  const ms = Date.parse(`${match[1]}T${match[2]}.${match[3]}Z`)
  startMs.value ??= ms
  return (ms - startMs.value) * NS_PER_MS
}

const fromLog = (text: string, name: string): ForeignHistory => {
  const start = { value: null }
  const events = text.split('\n').flatMap((line, at): ForeignEvent[] => {
    const match = LOG_LINE.exec(line.trimEnd())
    if (match === null) return []
    const where = `${name}, line ${at + 1}`
    const [, process = '', type = '', f = '', rest = ''] = match
    // In brackets, so that a vector is one value.
    const [value, error] = readEdn(`[${rest}]`, where).values
    const timedOut = isKeyword(value?.value) && value.value.keyword === 'timed-out'
    return [
      {
        where,
        process: processOf(process, where),
        type: typeOf(type, where),
        f: f === 'nil' ? null : f.replace(/^:/, ''),
        value: timedOut ? null : (value?.value ?? null),
        timeNs: logTimeNs(line, start),
        error: timedOut ? 'timed-out' : errorText(error?.value),
        node: null,
      },
    ]
  })
  return { events, notes: [] }
}

const jsonAsEdn = (value: unknown): Edn => {
  if (Array.isArray(value)) return value.map(jsonAsEdn)
  if (typeof value === 'object' && value !== null)
    return new Map(Object.entries(value).map(([key, each]) => [key, jsonAsEdn(each)]))
  return value as Edn
}

const parseJsonAt = (text: string, where: string): unknown => {
  try {
    return parseJson(text)
  } catch (error) {
    throw new UserError(`${where}: not JSON (${error instanceof Error ? error.message : String(error)}).`)
  }
}

const fromJsonArray = (text: string, name: string): ForeignHistory => {
  const values = parseJsonAt(text, name)
  if (!Array.isArray(values)) throw new UserError(`${name}: an array of operations is expected.`)
  return { events: values.map((each, at) => fromMap(jsonAsEdn(each), `${name}, operation ${at}`)), notes: [] }
}

const fromJsonLines = (text: string, name: string): ForeignHistory => ({
  events: text.split('\n').flatMap((line, at) => {
    const where = `${name}, line ${at + 1}`
    return line.trim() === '' ? [] : [fromMap(jsonAsEdn(parseJsonAt(line, where)), where)]
  }),
  notes: [],
})

const fromEdn = (text: string, name: string): ForeignHistory => {
  const events: ForeignEvent[] = []
  const torn = eachEdn(text, name, (value, line) => {
    const where = `${name}, line ${line}`
    for (const each of isSequence(value) ? value : [value]) events.push(fromMap(each, where))
  })
  const notes =
    torn === null
      ? []
      : [`${name} was cut off: it ends within the operation of line ${torn}, which is left out`]
  return { events, notes }
}

/** @throws UserError naming the line that is not understood, or where the text holds no operation */
export const readForeign = (text: string, name: string): ForeignHistory => {
  const isLog = text
    .slice(0, 2 ** 16)
    .split('\n')
    .some(isLogLine)
  const history = (
    isLog ? fromLog : isJsonArray(text) ? fromJsonArray : isJsonLines(text) ? fromJsonLines : fromEdn
  )(text, name)
  if (history.events.length === 0)
    throw new UserError(
      `${name} holds no operation: Jepsen's EDN maps, its history.txt or log lines, or a JSON array of operations is expected.`,
    )
  return history
}

/** In JSON a colon follows the first key. */
const isJsonArray = (text: string): boolean => /^\s*\[\s*\{\s*"[^"]*"\s*:/.test(text)
const isJsonLines = (text: string): boolean => /^\s*\{\s*"[^"]*"\s*:/.test(text)
