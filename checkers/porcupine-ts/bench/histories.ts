/**
 * Seeded histories of registers that were really linearizable, as long and as concurrent as asked: every operation
 * takes effect at a moment between its call and its return. Crashed operations never return, and took effect or
 * not; on demand some reads near the end are made stale.
 */
import type { Operation } from '../model.ts'
import type { RegisterInput, RegisterOutput } from '../models/register.ts'
import { random } from '../testing/random.ts'

export interface HistoryOptions {
  readonly seed: number
  readonly operations: number
  readonly clients: number
  readonly keys?: number
  /** How many values there are to write; absent: every written value is a new one. */
  readonly values?: number
  /** Share of compare-and-sets, of reads; the rest are writes. */
  readonly cas?: number
  readonly reads?: number
  /** Share of operations that never return. */
  readonly crashed?: number
  /** Makes the last but n-th completed read return a value that was overwritten long before. */
  readonly stale?: boolean
}

type Register = Operation<RegisterInput, RegisterOutput>

interface Draft {
  readonly client: number
  readonly call: number
  readonly effect: number
  readonly end: number
  readonly input: RegisterInput
  readonly crashed: boolean
  output: RegisterOutput | undefined
}

export const generate = (options: HistoryOptions): Register[] => {
  const { seed, operations, clients, keys = 1, values, cas = 0, reads = 0.5, crashed = 0 } = options
  const next = random(seed)
  const int = (bound: number): number => Math.floor(next() * bound)
  const freeAt = new Float64Array(clients)
  const clientOf = Int32Array.from({ length: clients }, (_, i) => i)
  let newClient = clients
  let unique = 0
  const value = (): number => (values === undefined ? ++unique : int(values))
  const drafts: Draft[] = []
  for (let i = 0; i < operations; i++) {
    // Clients take turns at random, as they do when each waits for its own answer.
    const slot = i % clients
    const call = (freeAt[slot] as number) + next()
    const end = call + 1 + 9 * next()
    const isCrashed = next() < crashed
    const effect = isCrashed && next() < 0.5 ? Number.POSITIVE_INFINITY : call + (end - call) * next()
    const key = int(keys)
    const draw = next()
    const input: RegisterInput =
      draw < reads
        ? { f: 'read', key }
        : draw < reads + cas
          ? { f: 'cas', key, expected: values === undefined ? -1 : int(values), next: value() }
          : { f: 'write', key, value: value() }
    drafts.push({
      client: clientOf[slot] as number,
      call,
      effect,
      end,
      input,
      crashed: isCrashed,
      output: undefined,
    })
    freeAt[slot] = end
    if (isCrashed) clientOf[slot] = newClient++
  }
  takeEffect(drafts)
  if (options.stale === true) makeStale(drafts)
  return drafts.map(({ client, call, end, input, crashed: isCrashed, output }) => ({
    client,
    call,
    return: isCrashed ? Number.POSITIVE_INFINITY : end,
    input,
    output: isCrashed ? undefined : output,
  }))
}

const takeEffect = (drafts: readonly Draft[]): void => {
  const state = new Map<number, number | null>()
  const order = [...drafts].sort((a, b) => a.effect - b.effect)
  for (const draft of order) {
    if (draft.effect === Number.POSITIVE_INFINITY) return
    const { input } = draft
    const current = state.get(input.key) ?? null
    if (input.f === 'read') draft.output = { value: current }
    else if (input.f === 'write') {
      state.set(input.key, input.value)
      draft.output = { applied: true }
    } else {
      const applied = current === input.expected
      if (applied) state.set(input.key, input.next)
      draft.output = { applied }
    }
  }
}

/** The last read but a few returns what was read half a history before on its key. */
const makeStale = (drafts: Draft[]): void => {
  const completed = drafts.filter(({ input, crashed }) => input.f === 'read' && !crashed)
  const victim = completed.at(-3)
  const old = completed.find(
    ({ input, output }, i) =>
      i >= completed.length / 2 && input.key === victim?.input.key && output !== undefined,
  )
  if (victim !== undefined && old !== undefined) victim.output = old.output
}
