/**
 * How Jepsen, Knossos, Elle and Maelstrom write the objects that they test: what each vocabulary's `edn` says.
 *
 * Many objects in one history are tuples of a key and a value (jepsen.independent); a history without them has one
 * object, which gets the key 0.
 */
import type { Edn } from '../api/edn.ts'
import type { Operation } from '../api/history.ts'
import type { EdnEvent, EdnForm, EdnMeaning } from '../api/vocabulary.ts'
import { ednOf, entry, isKeyword, isMap, isSequence, isSet, nameOf, plainOf } from './edn.ts'

const ONLY_KEY = 0

const isPair = (value: Edn): value is readonly [Edn, Edn] => isSequence(value) && value.length === 2

const split = ({ keyed, value }: EdnEvent): { readonly key: unknown; readonly rest: Edn } =>
  keyed && isPair(value) ? { key: plainOf(value[0]), rest: value[1] } : { key: ONLY_KEY, rest: value }

const hasPairs = (events: readonly Pick<EdnEvent, 'value'>[]): boolean =>
  events.some(({ value }) => isPair(value))

const fieldsOf = ({ value }: Operation): Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {}

const tuple = (key: unknown, value: unknown): Edn => [ednOf(key), ednOf(value)]

/** An operation of one object: what is read of it by each of its functions. */
type Readers = Readonly<Record<string, (rest: Edn, key: unknown, event: EdnEvent) => EdnMeaning | null>>

const byFunction =
  (readers: Readers) =>
  (event: EdnEvent): EdnMeaning | null => {
    const { key, rest } = split(event)
    return readers[event.f]?.(rest, key, event) ?? null
  }

const readRegister = byFunction({
  read: (rest, key, { type, dialect }) => {
    if (type !== 'ok') return { f: 'read', value: { key } }
    // Knossos's register lets a read of nil pass whatever it holds.
    if (rest === null && dialect === 'jepsen') return 'untold'
    return { f: 'read', value: { key, value: plainOf(rest) } }
  },
  write: (rest, key) => ({ f: 'write', value: { key, value: plainOf(rest) } }),
  cas: (rest, key, { type, dialect, error, invoked }) => {
    if (type === 'fail' && dialect === 'etcd' && error === null && invoked !== null)
      return { f: 'cas', type: 'ok', value: { ...(invoked.value as object), applied: false } }
    if (!isPair(rest)) return null
    const call = { key, expected: plainOf(rest[0]), next: plainOf(rest[1]) }
    return { f: 'cas', value: type === 'ok' ? { ...call, applied: true } : call }
  },
})

export const registerForm: EdnForm = {
  isKeyed: (events) => {
    const cas = events.find(({ f, value }) => f === 'cas' && isPair(value))
    if (cas !== undefined) return isPair(cas.value) && isPair(cas.value[1])
    return hasPairs(events)
  },
  reader: () => readRegister,
  print: (operation) => {
    const { key, value, expected, next, applied } = fieldsOf(operation)
    if (operation.f !== 'cas') return { f: operation.f, value: tuple(key, value) }
    // What Knossos calls a failure is here an observation; it has no word for that.
    return {
      f: 'cas',
      value: tuple(key, [expected, next]),
      ...(operation.type === 'ok' && applied === false ? { type: 'fail' } : {}),
    }
  },
}

export const counterForm: EdnForm = {
  isKeyed: hasPairs,
  reader: () =>
    byFunction({
      add: (rest, key) => ({ f: 'add', value: { key, delta: plainOf(rest) } }),
      inc: (_rest, key) => ({ f: 'add', value: { key, delta: 1 } }),
      increment: (_rest, key) => ({ f: 'add', value: { key, delta: 1 } }),
      dec: (_rest, key) => ({ f: 'add', value: { key, delta: -1 } }),
      decrement: (_rest, key) => ({ f: 'add', value: { key, delta: -1 } }),
      read: (rest, key, { type }) => ({
        f: 'read',
        value: type === 'ok' ? { key, value: plainOf(rest) } : { key },
      }),
    }),
  print: (operation) => {
    const { key, delta, value } = fieldsOf(operation)
    return { f: operation.f, value: tuple(key, operation.f === 'add' ? delta : value) }
  },
}

/** Each element once or more, as it was read. */
const elementsOf = (value: Edn): unknown =>
  isSet(value) || isSequence(value) ? [...value].map(plainOf) : plainOf(value)

export const setForm: EdnForm = {
  reader: () => (event) => {
    // Maelstrom's broadcast is a set, too.
    if (event.f === 'add' || event.f === 'broadcast')
      return { f: 'add', value: { element: plainOf(event.value) } }
    if (event.f !== 'read') return null
    return { f: 'read', value: event.type === 'ok' ? { elements: elementsOf(event.value) } : {} }
  },
  print: (operation) => {
    const { element, elements } = fieldsOf(operation)
    if (operation.f === 'add') return { f: 'add', value: ednOf(element) }
    return { f: 'read', value: ednOf(elements) }
  },
}

/** An element that was not there is a failure to Jepsen, and an answer to us. */
const isEmptyFailure = ({ type, error, value }: EdnEvent): boolean =>
  type === 'fail' &&
  (/\b(?:empty|exhausted)\b/.test(error ?? '') || (isKeyword(value) && value.keyword === 'empty'))

export const queueForm: EdnForm = {
  isKeyed: (events) => hasPairs(events.filter(({ f }) => f !== 'drain')),
  reader: () =>
    byFunction({
      enqueue: (rest, key) => ({ f: 'enqueue', value: { key, value: plainOf(rest) } }),
      dequeue: (rest, key, event) => {
        if (isEmptyFailure(event))
          return { f: 'dequeue', type: 'ok', value: { ...(event.invoked?.value as object), value: null } }
        return { f: 'dequeue', value: event.type === 'ok' ? { key, value: plainOf(rest) } : { key } }
      },
      drain: (rest, key, { type }) => ({
        f: 'drain',
        value: type === 'ok' ? { key, values: elementsOf(rest) } : { key },
      }),
    }),
  print: (operation) => {
    const { key, value, values } = fieldsOf(operation)
    return { f: operation.f, value: tuple(key, operation.f === 'drain' ? values : value) }
  },
}

export const uniqueIdsForm: EdnForm = {
  reader: () => (event) => {
    if (event.type !== 'ok') return { f: 'generate', value: {} }
    const id = plainOf(event.value)
    return { f: 'generate', value: { id: typeof id === 'object' ? JSON.stringify(id) : id } }
  },
  print: (operation) => ({ f: 'generate', value: ednOf(fieldsOf(operation).id) }),
}

/** Accounts in the order of their names; numbers before texts. */
const byName = ([a]: readonly [Edn, Edn], [b]: readonly [Edn, Edn]): number =>
  typeof a === 'number' && typeof b === 'number'
    ? a - b
    : String(plainOf(a)).localeCompare(String(plainOf(b)))

/** Numbers for names, as they come; numbers are their own. */
const numbering = (): ((name: unknown) => unknown) => {
  const names: unknown[] = []
  return (name) => {
    if (typeof name === 'number' || name === undefined) return name
    if (!names.includes(name)) names.push(name)
    return names.indexOf(name)
  }
}

export const bankForm: EdnForm = {
  reader: () => {
    // Accounts by any name.
    const numberOfName = numbering()
    const numberOf = (name: Edn | undefined): unknown =>
      numberOfName(name === undefined ? undefined : plainOf(name))
    return ({ f, type, value }) => {
      if (f === 'transfer' && isMap(value)) {
        const transfer = {
          from: numberOf(entry(value, 'from')),
          to: numberOf(entry(value, 'to')),
          amount: entry(value, 'amount'),
        }
        return { f, value: type === 'ok' ? { ...transfer, applied: true } : transfer }
      }
      if (f !== 'read') return null
      if (type !== 'ok') return { f, value: {} }
      const balances = isMap(value)
        ? [...value].sort(byName).map(([, each]) => plainOf(each))
        : plainOf(value)
      return { f, value: { balances } }
    }
  },
  print: (operation) => {
    const { balances } = fieldsOf(operation)
    if (operation.f === 'transfer') return { f: 'transfer', value: ednOf(operation.value) }
    return {
      f: 'read',
      value: Array.isArray(balances) ? new Map(balances.map((each, at) => [at, ednOf(each)])) : null,
    }
  },
}

/** A token that came with the lock, where one did. */
const tokenOf = (value: Edn): Readonly<Record<string, unknown>> => {
  const token = isMap(value)
    ? plainOf([...value].find(([key]) => /fence|token/.test(nameOf(key) ?? ''))?.[1] ?? null)
    : plainOf(value)
  return typeof token === 'number' ? { token } : {}
}

/**
 * Jepsen's lock has no owners but processes, which take it again and again; here an owner takes it once. So each attempt
 * is an owner of its own, and what a process releases is what it took last. A text that is asked with is the name of the
 * lock; a number that comes back is a token.
 */
export const lockForm: EdnForm = {
  isKeyed: hasPairs,
  reader: () => {
    let owners = 0
    const held = new Map<string, number>()
    const numberOf = numbering()
    /** Null for what is no name of a lock. */
    const lockOf = (event: EdnEvent): unknown => {
      const { key, rest } = split(event)
      if (event.type !== 'invoke') return (event.invoked?.value as { readonly key: number } | undefined)?.key
      if (rest === null || (isMap(rest) && !event.keyed)) return numberOf(key)
      // A number may be a lock, an owner or a token.
      const isName = typeof rest === 'string' || isKeyword(rest)
      return event.keyed || !isName ? null : numberOf(plainOf(rest))
    }
    return (event) => {
      const { rest } = split(event)
      const key = lockOf(event)
      if ((event.f !== 'acquire' && event.f !== 'release') || key === null) return null
      const holder = `${event.process} ${key}`
      if (event.type === 'invoke') {
        if (event.f === 'acquire') held.set(holder, owners++)
        return { f: event.f, value: { key, owner: held.get(holder) ?? owners++ } }
      }
      if (event.type !== 'ok') return null
      return { f: event.f, value: { done: true, ...(event.f === 'acquire' ? tokenOf(rest) : {}) } }
    }
  },
}

const ALIASES: Readonly<Record<string, string>> = { read: 'r', write: 'w' }

interface MicroOperation {
  readonly f: string
  readonly key: unknown
  readonly value: Edn
}

/** Null for what is no list of micro-operations. */
const microOperationsOf = (value: Edn, prefix: string): readonly MicroOperation[] | null => {
  if (!isSequence(value)) return null
  const all: MicroOperation[] = []
  for (const each of value) {
    if (!isSequence(each)) return null
    const name = nameOf(each[0])?.replace(/^:/, '')
    if (name === undefined || each.length < 2) return null
    const key = plainOf(each[1] as Edn)
    all.push({
      f: ALIASES[name] ?? name,
      key: prefix === '' ? key : `${prefix}${key}`,
      value: each[2] ?? null,
    })
  }
  return all
}

/** Tuples of a key and a transaction: the transactions of one key have objects of their own. */
const isKeyedTransaction = ({ value }: Pick<EdnEvent, 'value'>): boolean =>
  isPair(value) && !isSequence(value[0]) && isSequence(value[1])

const transactionsForm = (
  microOperation: (
    op: MicroOperation,
    isOk: boolean,
    firstWriteOf: (key: unknown) => boolean,
  ) => readonly unknown[] | null,
): EdnForm => ({
  isKeyed: (events) => events.some(isKeyedTransaction),
  reader: () => {
    const written = new Set<unknown>()
    return (event) => {
      const keyed = event.keyed && isKeyedTransaction(event)
      const { key, rest } = keyed ? split(event) : { key: '', rest: event.value }
      const all = microOperationsOf(rest, keyed ? `${key}/` : '')
      if (all === null) return null
      const firstWriteOf = (object: unknown): boolean =>
        event.type !== 'invoke' || (!written.has(object) && written.add(object) !== undefined)
      const ops = all.map((op) => microOperation(op, event.type === 'ok', firstWriteOf))
      return ops.includes(null) ? null : { f: 'txn', value: ops }
    }
  },
  print: ({ value }) => ({
    f: 'txn',
    value: Array.isArray(value)
      ? value.map(([f, ...rest]: readonly [string, ...unknown[]]) => [ednOf(`:${f}`), ...rest.map(ednOf)])
      : null,
  }),
})

/** A list that was never appended to is nil to Elle. A register that is written once, as long-fork does, is a list of one. */
export const listAppendForm: EdnForm = transactionsForm(({ f, key, value }, isOk, firstWriteOf) => {
  if (f === 'append') return ['append', key, plainOf(value)]
  if (f === 'w') return firstWriteOf(key) ? ['append', key, plainOf(value)] : null
  if (f !== 'r') return null
  if (!isOk) return ['r', key, null]
  if (value === null) return ['r', key, []]
  return ['r', key, isSequence(value) ? value.map(plainOf) : [plainOf(value)]]
})

export const rwRegisterForm: EdnForm = transactionsForm(({ f, key, value }, isOk) => {
  if (f === 'w') return ['w', key, plainOf(value)]
  return f === 'r' ? ['r', key, isOk ? plainOf(value) : null] : null
})
