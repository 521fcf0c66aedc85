/**
 * One simulated run: a world, clients with sessions and declared retries, and a seeded series of faults. Returns the
 * first property that was broken, and the history that the clients saw.
 */
import type { Operation } from '../../../harness/api/history.ts'
import type { Rng } from '../../../harness/api/random.ts'
import { rngFromSeed } from '../../../harness/support/random.ts'
import { REGISTER, type RegisterCall } from '../../../harness/vocabularies/register.ts'
import { type Bug, deviationsOf } from '../bugs/bugs.ts'
import type { NodeId } from '../core/types.ts'
import { type SimulatedReply, World } from './world.ts'

export interface SimulationResult {
  readonly violation: string | null
  readonly history: readonly Operation[]
  readonly elections: number
}

export interface SimulationOptions {
  readonly seed: number
  readonly bug: Bug | null
  readonly ticks?: number
}

const NODES = 5
const CLIENTS = 6
const KEYS = 3
const ATTEMPT_TICKS = 40
const MAX_ATTEMPTS = 4

class SimulatedClient {
  readonly #world: World
  readonly #rng: Rng
  readonly #record: (operation: Omit<Operation, 'index' | 'timeNs'>) => void
  readonly #restTicks: number
  #process: number
  #session: number | null = null
  #seq = 0
  #ops = 0
  #target: NodeId

  constructor(
    world: World,
    rng: Rng,
    process: number,
    restTicks: number,
    record: (operation: Omit<Operation, 'index' | 'timeNs'>) => void,
  ) {
    this.#world = world
    this.#restTicks = restTicks
    this.#rng = rng
    this.#process = process
    this.#record = record
    this.#target = rng.pick(world.ids)
  }

  start(): void {
    this.#world.after(1 + this.#rng.int(10), () => this.#next())
  }

  #next(): void {
    if (this.#session === null) return this.#openSession()
    const call = this.#call()
    this.#seq++
    this.#record({ process: this.#process, type: 'invoke', f: call.f, value: call.value })
    this.#attempt(call, 1)
  }

  #rest(): void {
    this.#world.after(1 + this.#rng.int(this.#restTicks), () => this.#next())
  }

  #call(): RegisterCall {
    const key = this.#rng.int(KEYS)
    const value = 1 + this.#process + this.#ops++ * 10_000
    const draw = this.#rng.float()
    if (draw < 0.5) return { f: 'read', value: { key } }
    if (draw < 0.85) return { f: 'write', value: { key, value } }
    return { f: 'cas', value: { key, expected: this.#rng.int(3) === 0 ? null : value - 10_000, next: value } }
  }

  #openSession(): void {
    this.#ask(
      (reply) => this.#world.submit(this.#target, { kind: 'session' }, reply),
      (answer) => {
        if (answer?.type === 'value') {
          this.#session = answer.value as number
          this.#seq = 0
        } else this.#retarget()
        this.#rest()
      },
    )
  }

  /** Null: no answer in time. */
  #ask(
    send: (reply: SimulatedReply) => void,
    then: (answer: Parameters<SimulatedReply>[0] | null) => void,
  ): void {
    let open = true
    const settle = (answer: Parameters<SimulatedReply>[0] | null): void => {
      if (!open) return
      open = false
      then(answer)
    }
    send(settle)
    this.#world.after(ATTEMPT_TICKS, () => settle(null))
  }

  #retarget(): void {
    this.#target =
      this.#rng.float() < 0.7
        ? (this.#world.leader() ?? this.#rng.pick(this.#world.ids))
        : this.#rng.pick(this.#world.ids)
  }

  #attempt(call: RegisterCall, attempt: number, doubtful = false): void {
    const session = this.#session as number
    const seq = this.#seq
    const target = this.#target
    this.#ask(
      (reply) =>
        call.f === 'read'
          ? this.#world.read(target, call, reply)
          : this.#world.submit(target, { kind: 'op', session, seq, vocabulary: REGISTER.name, call }, reply),
      (answer) => this.#answered(call, attempt, doubtful, answer),
    )
  }

  #answered(
    call: RegisterCall,
    attempt: number,
    doubtful: boolean,
    answer: Parameters<SimulatedReply>[0] | null,
  ): void {
    if (answer?.type === 'value') return this.#complete(call, 'ok', answer.value)
    if (answer?.type === 'refused') {
      this.#session = null
      return this.#complete(call, doubtful ? 'info' : 'fail')
    }
    const nowDoubtful = doubtful || (answer?.type !== 'not-leader' && call.f !== 'read')
    this.#retarget()
    if (attempt < MAX_ATTEMPTS) {
      this.#world.after(1 + this.#rng.int(5), () => this.#attempt(call, attempt + 1, nowDoubtful))
    } else this.#complete(call, nowDoubtful ? 'info' : 'fail')
  }

  #complete(call: RegisterCall, type: 'ok' | 'fail' | 'info', value?: unknown): void {
    this.#record({ process: this.#process, type, f: call.f, value: type === 'ok' ? value : call.value })
    if (type === 'info') {
      this.#process += CLIENTS
      this.#session = null
    }
    this.#rest()
  }
}

/** Faults overlap, and each ends by itself. */
const scheduleFaults = (world: World, rng: Rng, ticks: number): void => {
  let at = 60
  while (at < ticks - 200) {
    const kind = rng.pick(FAULT_KINDS)
    const lasts = 20 + rng.int(120)
    const draw = rng.fork(at)
    world.after(at, () => injectFault(world, draw, kind, lasts))
    at += 20 + rng.int(110)
  }
}

const FAULT_KINDS = ['partition', 'isolate', 'crash', 'crashMany', 'pause', 'oneway', 'churn'] as const
type FaultKind = (typeof FAULT_KINDS)[number]

/** Cuts one side off from all other nodes, in both directions. */
const isolate = (world: World, side: readonly NodeId[]): void => {
  for (const a of side) {
    for (const b of world.ids.filter((id) => !side.includes(id))) {
      world.cut(a, b)
      world.cut(b, a)
    }
  }
}

/** Cuts off one leader after another, alone or with one follower, once it may have accepted a request (figure 8). */
const churn = (world: World, rng: Rng, rounds: number): void => {
  world.healNetwork()
  const leader = world.leader()
  if (rounds === 0) return
  if (leader !== null) {
    const others = world.ids.filter((id) => id !== leader)
    isolate(world, rng.float() < 0.5 ? [leader] : [leader, rng.pick(others)])
  }
  world.after(15 + rng.int(50), () => churn(world, rng, rounds - 1))
}

const injectFault = (world: World, rng: Rng, kind: FaultKind, lasts: number): void => {
  const ids = rng.shuffle(world.ids)
  const leader = world.leader()
  const victim = leader !== null && rng.float() < 0.6 ? leader : (ids[0] as NodeId)
  const others = world.ids.filter((id) => id !== victim)
  if (kind === 'partition' || kind === 'isolate') {
    const side = kind === 'isolate' ? [victim] : [victim, ...rng.shuffle(others).slice(0, 1)]
    isolate(world, side)
    world.after(lasts, () => world.healNetwork())
  } else if (kind === 'oneway') {
    for (const b of others) world.cut(b, victim)
    world.after(lasts, () => world.healNetwork())
  } else if (kind === 'churn') {
    churn(world, rng, 8)
  } else if (kind === 'pause') {
    world.pause(victim)
    world.after(lasts, () => world.resume(victim))
  } else {
    const victims = kind === 'crash' ? [victim] : ids.slice(0, 1 + rng.int(ids.length))
    const powerLoss = rng.float() < 0.7
    for (const id of victims) world.crash(id, powerLoss)
    const down = rng.float() < 0.5 ? 2 : lasts
    for (const id of victims) world.after(down + rng.int(5), () => world.restart(id))
  }
}

export const simulateRaft = ({ seed, bug, ticks = 2500 }: SimulationOptions): SimulationResult => {
  const rng = rngFromSeed(seed)
  const profile = rng.fork('profile')
  const world = new World({
    rng,
    deviations: deviationsOf(bug),
    nodes: NODES,
    compactEvery: 15,
    maxEntriesPerAppend: profile.pick([1, 3]),
  })
  const restTicks = profile.pick([12, 80])
  const history: Operation[] = []
  const record = (operation: Omit<Operation, 'index' | 'timeNs'>): void => {
    // Within a tick each event is one nanosecond later, which keeps the simulator's order.
    history.push({ index: history.length, timeNs: world.now * 1_000_000 + history.length, ...operation })
  }
  for (let process = 0; process < CLIENTS; process++) {
    new SimulatedClient(world, rng.fork('client', process), process, restTicks, record).start()
  }
  scheduleFaults(world, rng.fork('faults'), ticks)
  let elections = 0
  let term = 0
  while (world.now < ticks && world.violation === null) {
    world.step()
    const leader = world.leader()
    if (leader !== null && world.termOf(leader) > term) {
      term = world.termOf(leader)
      elections++
    }
  }
  return { violation: world.violation, history, elections }
}
