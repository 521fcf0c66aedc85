/**
 * Other people's histories in the words of a vocabulary. Whatever does not fit is refused with the place where it stands:
 * a history is judged as a whole or not at all.
 *
 * The order of operations is their position. Times are for drawing: those that are missing are made up, and those that
 * go back are held, which is said.
 */
import type { Call, ClientProcess, Operation } from '../api/history.ts'
import type { EdnEvent, EdnMeaning, Vocabulary } from '../api/vocabulary.ts'
import { UserError } from '../support/assert.ts'
import { plainOf } from '../vocabularies/edn.ts'
import type { ForeignEvent, ForeignHistory } from './foreign.ts'
import { HeldTimes } from './times.ts'
import { checkCompletion, checkInvocation, fitsCall } from './validate.ts'

export const DIALECTS = ['jepsen', 'etcd'] as const satisfies readonly EdnEvent['dialect'][]
export type Dialect = EdnEvent['dialect']

interface ImportedHistory {
  readonly operations: readonly Operation[]
  readonly notes: readonly string[]
}

/** An event whose process and function are known. */
interface Event extends Omit<ForeignEvent, 'process' | 'f'> {
  readonly process: ClientProcess | 'nemesis'
  readonly f: string
}

const NEMESIS = 'nemesis'
/** Between operations whose times are not told. */
const STEP_NS = 1000

const isClient = ({ process }: { readonly process: unknown }): boolean => process !== NEMESIS

/** A vocabulary of one call needs no word for it. */
const functionOf = (event: ForeignEvent, vocabulary: Vocabulary): string => {
  const [only, ...more] = Object.keys(vocabulary.calls)
  if (event.f !== null) return event.f
  if (!isClient(event)) return NEMESIS
  if (only !== undefined && more.length === 0) return only
  throw new UserError(
    `${event.where}: there is no :f, and ${vocabulary.name} has ${[only, ...more].join(', ')}.`,
  )
}

/** Without processes, an invocation and its completion must stand side by side; completions alone are each a process. */
const processesOf = (events: readonly ForeignEvent[]): readonly (ClientProcess | typeof NEMESIS)[] => {
  const numbers = events.map(({ process }) => (typeof process === 'number' ? process : -1))
  let next = numbers.reduce((most, each) => Math.max(most, each), -1) + 1
  const named = new Map<string, number>()
  const alone = !events.some(({ type, process }) => type === 'invoke' && process !== NEMESIS)
  let open: ForeignEvent | null = null
  return events.map((event) => {
    const { process, type, where } = event
    if (typeof process === 'number' || process === NEMESIS) return process
    if (process !== null) {
      const known = named.get(process) ?? next++
      named.set(process, known)
      return known
    }
    if (alone) return next++
    if ((type === 'invoke') !== (open === null))
      throw new UserError(
        `${where}: there is no :process, and operations overlap: which completion belongs to which invocation cannot be told.`,
      )
    open = type === 'invoke' ? event : null
    return next
  })
}

/** A process goes on under another number after info: the operation in doubt may still happen. */
const withFreshProcesses = (events: readonly Event[]): readonly Event[] => {
  let next =
    events.reduce((most, { process }) => (process === NEMESIS ? most : Math.max(most, process)), -1) + 1
  const current = new Map<ClientProcess, ClientProcess>()
  const crashed = new Set<ClientProcess>()
  return events.map((event) => {
    if (event.process === NEMESIS) return event
    if (event.type === 'invoke' && crashed.delete(event.process)) current.set(event.process, next++)
    if (event.type === 'info') crashed.add(event.process)
    const process = current.get(event.process)
    return process === undefined ? event : { ...event, process }
  })
}

/**
 * Where no invocation was written down, each began after its process's previous completion, or at the start: the widest
 * interval that is possible, so that nothing is called broken that need not be.
 */
const withInvocations = (events: readonly Event[]): readonly Event[] => {
  const first = new Set<ClientProcess>()
  const begun = new Map<Event, Event>()
  const last = new Map<ClientProcess, Event>()
  const atStart: Event[] = []
  for (const event of events) {
    if (event.process === NEMESIS) continue
    const invocation: Event = { ...event, type: 'invoke', error: null }
    const before = last.get(event.process)
    if (before === undefined) atStart.push(invocation)
    else begun.set(before, invocation)
    first.add(event.process)
    last.set(event.process, event)
  }
  return [
    ...atStart,
    ...events.flatMap((event) => {
      const invocation = begun.get(event)
      return invocation === undefined ? [event] : [event, invocation]
    }),
  ]
}

const COMPLETIONS_ONLY =
  'it holds completions only: each operation is taken to have begun as early as its process allows, so that an order in real time is judged only where it is certain'

interface Open {
  readonly event: Event
  readonly call: Call
  readonly operation: Operation
}

/** Reads one history, event by event. */
class Importer {
  readonly #vocabulary: Vocabulary
  readonly #dialect: Dialect
  readonly #keyed: boolean
  readonly #read: (event: EdnEvent) => EdnMeaning | null
  readonly #open = new Map<ClientProcess, Open>()
  readonly operations: (Operation | null)[] = []
  untold = 0

  constructor(vocabulary: Vocabulary, dialect: Dialect, events: readonly Event[]) {
    this.#vocabulary = vocabulary
    this.#dialect = dialect
    this.#read = vocabulary.edn?.reader() ?? (() => null)
    this.#keyed = vocabulary.edn?.isKeyed?.(events.filter(isClient)) ?? false
  }

  take(event: Event): void {
    if (event.process === NEMESIS) this.#push(event, event.type, event.f, plainOf(event.value))
    else if (event.type === 'invoke') this.#invoke(event, event.process)
    else this.#complete(event, event.process)
  }

  #invoke(event: Event, process: ClientProcess): void {
    const other = this.#open.get(process)
    if (other !== undefined)
      throw new UserError(
        `${event.where}: process ${process} invokes ${event.f} while its ${other.call.f} (${other.event.where}) is open.`,
      )
    const meaning = this.#meaningOf(event, process, null)
    if (meaning === 'untold')
      throw new UserError(`${event.where}: the invocation of ${event.f} asks nothing.`)
    const call = { f: meaning.f, value: meaning.value }
    checkInvocation(this.#vocabulary, call, () => event.where)
    this.#open.set(process, { event, call, operation: this.#push(event, 'invoke', call.f, call.value) })
  }

  #complete(event: Event, process: ClientProcess): void {
    const open = this.#open.get(process)
    if (open === undefined)
      throw new UserError(
        `${event.where}: the ${event.type} of ${event.f} completes nothing: process ${process} has no open operation.`,
      )
    if (open.event.f !== event.f)
      throw new UserError(
        `${event.where}: the ${event.type} of ${event.f} by process ${process} completes a ${open.event.f} (${open.event.where}).`,
      )
    this.#open.delete(process)
    const meaning = this.#meaningOf(event, process, open.call)
    if (meaning === 'untold') {
      this.untold++
      this.operations[open.operation.index] = null
      return
    }
    const type = meaning.type ?? event.type
    if (type === 'ok') checkCompletion(this.#vocabulary, open.call, meaning.value, () => event.where)
    this.#push(event, type, open.call.f, type === 'ok' ? meaning.value : open.call.value)
  }

  /** Our own values are taken as they are; anything else is the vocabulary's to understand. */
  #meaningOf(event: Event, process: ClientProcess, invoked: Call | null): EdnMeaning {
    const { type, f, value, error, where } = event
    const own = plainOf(value)
    if (fitsCall(this.#vocabulary, f, type, own)) return { f, value: own }
    const meaning = this.#read({
      process,
      type,
      f,
      value,
      error,
      invoked,
      keyed: this.#keyed,
      dialect: this.#dialect,
    })
    if (meaning !== null) return meaning
    // What failed, or is in doubt, need not repeat what was asked.
    if (invoked !== null && type !== 'ok') return { f: invoked.f, value: invoked.value }
    if (!Object.hasOwn(this.#vocabulary.calls, f))
      throw new UserError(
        `${where}: ${f} is no call of ${this.#vocabulary.name}, which has ${Object.keys(this.#vocabulary.calls).join(', ')}.`,
      )
    return { f, value: own }
  }

  #push(event: Event, type: Operation['type'], f: string, value: unknown): Operation {
    const operation: Operation = {
      index: this.operations.length,
      timeNs: event.timeNs ?? this.operations.length * STEP_NS,
      process: event.process,
      type,
      f,
      value,
      ...(event.node === null ? {} : { node: event.node }),
      ...(event.error === null || type === 'ok' ? {} : { error: event.error }),
    }
    this.operations.push(operation)
    return operation
  }
}

/** @throws UserError naming the place, the operation, the field and what was expected */
export const importHistory = (
  { events, notes }: ForeignHistory,
  vocabulary: Vocabulary,
  dialect: Dialect,
): ImportedHistory => {
  const processes = processesOf(events)
  const known = events.map((event, at): Event => {
    const process = processes[at] as Event['process']
    const f = functionOf(event, vocabulary)
    // Most events tell both; a copy of each costs as much as reading it.
    return process === event.process && f === event.f ? (event as Event) : { ...event, process, f }
  })
  const hasInvocations = known.some((event) => isClient(event) && event.type === 'invoke')
  const whole = hasInvocations ? withFreshProcesses(known) : withInvocations(known)
  const importer = new Importer(vocabulary, dialect, whole)
  for (const event of whole) importer.take(event)
  const { untold } = importer
  const times = new HeldTimes()
  const operations = importer.operations
    .filter((operation) => operation !== null)
    .map((operation, index) => ({ ...operation, index, timeNs: times.next(operation.timeNs) }))
  return {
    operations,
    notes: [
      ...notes,
      ...(hasInvocations ? [] : [COMPLETIONS_ONLY]),
      ...times.notes(),
      ...(untold === 0
        ? []
        : [`${untold} reads returned nil, which tells nothing in this dialect: they are left out`]),
    ],
  }
}
