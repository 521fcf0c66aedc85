/** Requests of clients, and what a sink did of them: made up, in the order in which it happened. */
import type { Operation } from '../api/history.ts'
import type { Rng } from '../api/random.ts'
import { rngFromSeed } from '../support/random.ts'
import type { Request, SinkLine, SinkMode } from '../vocabularies/effects.ts'
import type { Happened } from './following.ts'

/** What goes wrong once or twice. `refused` and `lost` are not wrong for good while the run goes on. */
export const WRONGS = [
  'duplicated',
  'phantom',
  'mismatched',
  'old',
  'late',
  'stale',
  'refused',
  'lost',
] as const
export type Wrong = (typeof WRONGS)[number]

interface MadeUp {
  readonly seed: number
  readonly mode: SinkMode
  readonly wrong: Wrong | null
  readonly requests?: number
  /** Absent: `submit`. */
  readonly f?: 'submit' | 'update'
}

const THREADS = 4

type SinkRequest = SinkLine & { readonly type: 'request' }

class World {
  readonly run: Happened[] = []
  readonly #mode: SinkMode
  readonly #f: 'submit' | 'update'
  readonly #rng: Rng
  readonly #lives = new Map<number, number>()
  readonly done: SinkRequest[] = []
  readonly #keys = new Set<string>()
  #index = 0
  #seq = 0
  token = 10

  constructor({ mode, f = 'submit' }: MadeUp, rng: Rng) {
    this.#mode = mode
    this.#f = f
    this.#rng = rng
    this.#line({ type: 'start', mode, clockMs: 0 })
  }

  #line(line: SinkLine): void {
    this.run.push({ line })
  }

  operation(process: number, type: Operation['type'], f: string, value: unknown): void {
    this.run.push({ operation: { index: this.#index, timeNs: this.#index * 1e6, process, type, f, value } })
    this.#index++
  }

  /** Unasked, with whatever token. */
  act(request: Request, token: number, isForced = false): void {
    const isKnown = this.#keys.has(request.key)
    const refused = this.#mode === 'deduplicating' && isKnown && !isForced ? 'duplicate' : null
    this.#seq++
    const line: SinkRequest = {
      ...{ type: 'request', seq: this.#seq, clockMs: this.#seq, request, token },
      ...{ worker: 'n1', attempt: 1, refused },
    }
    this.#line(line)
    if (refused !== null) return
    this.#keys.add(request.key)
    this.done.push(line)
  }

  /** A client asks, and asks again under the same key if it was not told yes. Returns the last answer. */
  ask(thread: number, request: Request, isActed: boolean): 'ok' | 'fail' | 'info' {
    let answer: 'ok' | 'fail' | 'info' = 'info'
    let hasActed = false
    for (let attempt = 0; attempt < 4 && answer !== 'ok'; attempt++) {
      const process = thread + 1000 * (this.#lives.get(thread) ?? 0)
      this.operation(process, 'invoke', this.#f, request)
      const drawn = this.#rng.float()
      answer = drawn < 0.8 ? 'ok' : drawn < 0.9 ? 'fail' : 'info'
      // An effect may come before the answer, or after it.
      const isEarly: boolean = answer !== 'fail' && isActed && !hasActed && this.#rng.float() < 0.5
      if (isEarly) this.act(request, this.token)
      hasActed ||= isEarly
      if (answer === 'info') this.#lives.set(thread, (this.#lives.get(thread) ?? 0) + 1)
      this.operation(process, answer, this.#f, answer === 'ok' ? this.#answer(request) : request)
      if (answer === 'fail' && this.#rng.float() < 0.5) return hasActed ? 'info' : 'fail'
    }
    if (isActed && !hasActed && answer === 'ok') this.act(request, this.token)
    return answer
  }

  #answer({ key }: Request): unknown {
    return this.#f === 'submit' ? { key } : { applied: true }
  }
}

/** Does something wrong with this request, after it was asked for. */
const err = (world: World, wrong: Wrong, request: Request): void => {
  const { token } = world
  const before = world.done.filter(({ request: { resource } }) => resource === request.resource)
  const old = before.at(0)?.request
  if (wrong === 'duplicated') world.act(request, token, true)
  if (wrong === 'phantom') world.act({ ...request, key: `nobody's ${request.key}` }, token)
  if (wrong === 'old' && old !== undefined) world.act(old, token, true)
  if (wrong === 'stale') world.act(request, token - 5)
}

/** All of a run. */
export const madeUpEffects = (given: MadeUp): readonly Happened[] => {
  const { seed, wrong, requests = 60 } = given
  const rng = rngFromSeed(seed)
  const world = new World(given, rng)
  const from = Math.floor(requests / 3) + rng.int(Math.floor(requests / 3))
  for (let n = 0; n < requests; n++) {
    const thread = rng.int(THREADS)
    const request: Request = { key: `${thread}-${n}`, resource: thread, version: n + 1 }
    if (rng.float() < 0.05) world.token++
    const isWrong = wrong !== null && n >= from && n < from + 2
    if (isWrong && wrong === 'refused') {
      // It takes effect all the same, and may be asked for again afterwards.
      world.operation(thread + 500, 'invoke', given.f ?? 'submit', request)
      world.operation(thread + 500, 'fail', given.f ?? 'submit', request)
      world.act(request, world.token)
      if (rng.float() < 0.5) world.ask(thread, request, false)
    } else if (isWrong && wrong === 'mismatched') {
      world.ask(thread, request, false)
      world.act({ ...request, version: request.version + 1000 }, world.token)
    } else if (isWrong && wrong === 'late') {
      world.ask(thread, { ...request, version: 0 }, true)
    } else {
      world.ask(thread, request, !(isWrong && (wrong === 'lost' || wrong === 'stale')))
      if (isWrong) err(world, wrong as Wrong, request)
    }
  }
  world.operation(99, 'invoke', 'pending', {})
  world.operation(99, 'ok', 'pending', { pending: [], done: requests })
  return world.run
}
