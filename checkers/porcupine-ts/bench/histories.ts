/**
 * Seeded linearizable histories of registers, of any length and concurrency: every operation takes effect at a moment
 * between its call and its return. Crashed operations never return, and may or may not have taken effect. On demand, a
 * read near the end is made stale.
 */
import { NIL } from '../history/names.ts'
import { sortedPositions } from '../history/sort.ts'
import type { Columns, Operation } from '../model.ts'
import { casRegister, REGISTER_KINDS, type RegisterInput, type RegisterOutput } from '../models/register.ts'
import { random } from '../testing/random.ts'

export interface HistoryOptions {
  readonly seed: number
  readonly operations: number
  readonly clients: number
  readonly keys?: number
  /** How many different values are written; absent: every written value is new. */
  readonly values?: number
  /** Shares of compare-and-sets and of reads; the rest are writes. */
  readonly cas?: number
  readonly reads?: number
  /** Share of operations that never return. */
  readonly crashed?: number
  /** One of the last reads returns a value that was overwritten long before. */
  readonly stale?: boolean
  /** At the end, a read returns a value that nobody wrote. */
  readonly wrong?: boolean
}

type Drafts = Required<Columns> & { readonly effect: Float64Array }

const { read, write, cas: applied, casFailed } = REGISTER_KINDS

const draft = (options: HistoryOptions): Drafts => {
  const { seed, operations, clients, keys = 1, values, cas = 0, reads = 0.5, crashed = 0 } = options
  const next = random(seed)
  const int = (bound: number): number => Math.floor(next() * bound)
  const freeAt = new Float64Array(clients)
  const clientOf = Int32Array.from({ length: clients }, (_, i) => i)
  const drafts: Drafts = {
    client: new Int32Array(operations),
    call: new Float64Array(operations),
    return: new Float64Array(operations),
    effect: new Float64Array(operations),
    kind: new Uint8Array(operations),
    key: new Int32Array(operations),
    value: new Int32Array(operations),
    second: new Int32Array(operations),
  }
  let newClient = clients
  let unique = 0
  const value = (): number => (values === undefined ? ++unique : int(values))
  for (let i = 0; i < operations; i++) {
    const slot = i % clients
    const call = (freeAt[slot] as number) + next()
    const end = call + 1 + 9 * next()
    const isCrashed = next() < crashed
    const happens = !isCrashed || next() < 0.5
    drafts.client[i] = clientOf[slot] as number
    drafts.call[i] = call
    drafts.return[i] = isCrashed ? Number.POSITIVE_INFINITY : end
    drafts.effect[i] = happens ? call + (end - call) * next() : Number.POSITIVE_INFINITY
    drafts.key[i] = int(keys)
    const draw = next()
    drafts.kind[i] = draw < reads ? read : draw < reads + cas ? applied : write
    if (draw >= reads) drafts.value[i] = value()
    if (drafts.kind[i] === applied) drafts.second[i] = values === undefined ? -1 : int(values)
    freeAt[slot] = end
    if (isCrashed) clientOf[slot] = newClient++
  }
  return drafts
}

/** Runs the registers, and records what was read and which compare-and-sets were applied. */
const takeEffect = (drafts: Drafts): void => {
  const state = new Map<number, number>()
  for (const at of sortedPositions(drafts.effect)) {
    if (drafts.effect[at] === Number.POSITIVE_INFINITY) return
    const key = drafts.key[at] as number
    const current = state.get(key) ?? NIL
    if (drafts.kind[at] === read) drafts.value[at] = current
    else if (drafts.kind[at] === write || current === drafts.second[at])
      state.set(key, drafts.value[at] as number)
    else if (drafts.return[at] !== Number.POSITIVE_INFINITY) drafts.kind[at] = casFailed
  }
}

const makeStale = ({ kind, key, value, return: end }: Drafts): void => {
  const isRead = (at: number): boolean => kind[at] === read && end[at] !== Number.POSITIVE_INFINITY
  let victim = kind.length - 1
  for (let seen = 0; victim > 0; victim--) if (isRead(victim) && ++seen === 3) break
  let old = kind.length >> 1
  while (old < victim && !(isRead(old) && key[old] === key[victim])) old++
  value[victim] = value[old] as number
}

/** Makes the last operation that was called a read that returned. */
const makeWrong = (drafts: Drafts): void => {
  const { kind, call, value, return: end } = drafts
  let last = 0
  for (let i = 1; i < kind.length; i++) if ((call[i] as number) > (call[last] as number)) last = i
  kind[last] = read
  value[last] = NIL + 1
  end[last] = (call[last] as number) + 100
}

export const generateColumns = (options: HistoryOptions): Required<Columns> => {
  const drafts = draft(options)
  takeEffect(drafts)
  if (options.stale === true) makeStale(drafts)
  if (options.wrong === true) makeWrong(drafts)
  const { effect: _, ...columns } = drafts
  return columns
}

const { decode } = casRegister(null)

export const toOperations = (columns: Columns): Operation<RegisterInput, RegisterOutput>[] =>
  Array.from(columns.call, (call, i) => {
    const end = columns.return[i] as number
    const { input, output } = decode({
      kind: columns.kind[i] as number,
      key: columns.key?.[i] ?? 0,
      value: columns.value[i] as number,
      second: columns.second?.[i] ?? 0,
      returned: end !== Number.POSITIVE_INFINITY,
    })
    return { client: columns.client[i] as number, call, return: end, input, output }
  })
