/** A clock decides what the log alone should decide. */
import type { Call } from '../../../harness/api/history.ts'
import { ACCESS, type AccessCall, type Checked } from '../../../harness/vocabularies/access.ts'
import { LEASE, LEASE_MS, type LeaseResult } from '../../../harness/vocabularies/lease.ts'
import { LOCK } from '../../../harness/vocabularies/locks.ts'
import { REGISTER } from '../../../harness/vocabularies/register.ts'
import { SCHEDULE, type ScheduleCall, tickKey } from '../../../harness/vocabularies/schedule.ts'
import type { Propose } from '../../protocol/server/client-api.ts'
import { LeaseKeeper } from '../../protocol/server/duties/lease-keeper.ts'
import { type Lease, Leases } from '../../protocol/structures/leases.ts'
import type { DoneCall } from '../../protocol/structures/ledger.ts'
import {
  type SavedSchedules,
  type Scheduled,
  Schedules,
  type TickCall,
} from '../../protocol/structures/schedules.ts'
import { DigestMap, type Position, type Structure } from '../../protocol/structures/structure.ts'
import type { ClientApi, ServerApi } from '../server/client-api.ts'
import { alteredApi, rewritingCalls, withValue } from './altered-api.ts'
import type { BugDefinition } from './definition.ts'

// ------------------------------------------------------------------------------------------ access

interface DatedAccess {
  readonly allowed: boolean
  /** Wall clock of the leader that logged it. */
  readonly clockMs: number
}

class NewestAccess implements Structure {
  readonly #subjects: DigestMap<number, DatedAccess>

  constructor(saved: readonly [number, DatedAccess][]) {
    this.#subjects = new DigestMap(saved)
  }

  get digest(): number {
    return this.#subjects.digest
  }

  execute(raw: Call): unknown {
    const call = raw as AccessCall
    if (call.f === 'check') return this.read(call)
    const { subject } = call.value
    const { clockMs } = call.value as { clockMs?: number }
    const isNewer = (clockMs ?? 0) >= (this.#subjects.get(subject)?.clockMs ?? 0)
    if (isNewer) this.#subjects.set(subject, { allowed: call.f === 'grant', clockMs: clockMs ?? 0 })
    return { subject }
  }

  read(call: Call): Checked {
    const { subject } = call.value as { subject: number }
    return { subject, allowed: this.#subjects.get(subject)?.allowed ?? false }
  }

  save(): unknown {
    return this.#subjects.entries()
  }
}

/** A leader whose clock is behind has its revocation ignored. */
export const newestClockWins: BugDefinition = {
  description: 'of grants and revocations, the one with the latest wall clock time of a leader counts',
  workload: 'access',
  realRun: {
    args: '-n clock,partition --nemesis-opts clock.victims=leader,clock.modes=bump+jump-back,clock.interval=1500ms,clock.duration=1s --time-limit 20s',
  },
  machine: {
    structures: { [ACCESS.name]: (saved) => new NewestAccess((saved ?? []) as [number, DatedAccess][]) },
  },
  server: {
    clientApiOf: (api) =>
      rewritingCalls(api, ({ vocabulary, call }) =>
        vocabulary === ACCESS.name ? withValue(call, { clockMs: Date.now() }) : call,
      ),
  },
}

// ------------------------------------------------------------------------------------------ leases

interface DatedLease extends Lease {
  /** When the wall clock of the leader that logged it says that it runs out. */
  readonly untilMs: number
}

class DatedLeases extends Leases {
  override execute(call: Call, at: Position): LeaseResult {
    const result = super.execute(call, at)
    if (call.f !== 'acquire' || !result.done) return result
    const { key, owner, untilMs } = call.value as { key: number; owner: number; untilMs: number }
    const lease: DatedLease = { owner, token: at.index, untilMs }
    this.leases.set(key, lease)
    return result
  }
}

/** A clock that jumps forward ends a lease that its holder still believes in. */
export const leaseByWallClock: BugDefinition = {
  description: "a lease ends when the leader's wall clock says so",
  workload: 'lease',
  realRun: {
    args: '-n clock --nemesis-opts victims=leader,modes=bump,interval=1500ms,duration=1s --time-limit 15s',
  },
  machine: {
    structures: { [LEASE.name]: (saved) => new DatedLeases((saved ?? []) as [number, DatedLease][]) },
  },
  server: {
    clientApiOf: (api) =>
      rewritingCalls(api, ({ vocabulary, call }) =>
        vocabulary === LEASE.name && call.f === 'acquire'
          ? withValue(call, { untilMs: Date.now() + LEASE_MS })
          : call,
      ),
    leaseIsOver: (lease) => Date.now() > (lease as DatedLease).untilMs,
  },
}

// ------------------------------------------------------------------------------------------ locks

const lockKeeper = (propose: Propose): LeaseKeeper<number, { readonly token: number }> =>
  new LeaseKeeper({
    held: (machine) => {
      const owners = (machine.structure(LOCK.name)?.save() ?? []) as readonly [number, number][]
      return owners.map(([key, owner]) => [key, { token: owner }])
    },
    isOver: (_lock, heldMs) => heldMs > LEASE_MS,
    expire: (key, owner) => propose(LOCK.name, { f: 'release', value: { key, owner } }),
  })

/** A lock has no end in time: its holder was never told of one. */
export const lockFreedByTime: BugDefinition = {
  description: 'a lock that was held for long is taken from its holder, as if it were a lease',
  workload: 'protected-lock',
  realRun: { args: '--target-opts sink=naive --time-limit 8s' },
  server: { moreDuties: (propose) => [lockKeeper(propose)] },
}

// ------------------------------------------------------------------------------------------ schedules

interface DatedSchedule extends Scheduled {
  /** Wall clock of the leader that proposed the last tick. */
  readonly clockMs?: number
}

type DatedTick = TickCall['value'] & { readonly clockMs: number }

class SkippingSchedules extends Schedules {
  override execute(call: ScheduleCall | TickCall | DoneCall, at: Position): unknown {
    return call.f === 'tick' ? this.#skipTo(call.value as DatedTick, at.index) : super.execute(call, at)
  }

  #skipTo({ key, tick, clockMs }: DatedTick, index: number): void {
    const schedule = this.schedules.get(key)
    if (schedule === undefined || tick <= schedule.ticked || tick > schedule.ticks) return
    const dated: DatedSchedule = { ...schedule, ticked: tick, clockMs }
    this.schedules.set(key, dated)
    this.ledger.accept({ key: tickKey(key, tick), resource: schedule.resource, version: tick }, index)
  }
}

/** The tick that the wall clock says is due now. */
const tickByClock = (schedule: DatedSchedule): DatedTick => {
  const { key, ticked, ticks, everyMs, clockMs } = schedule
  const nowMs = Date.now()
  const passed = clockMs === undefined ? 1 : Math.round((nowMs - clockMs) / everyMs)
  return { key, tick: Math.min(ticks, ticked + Math.max(1, passed)), clockMs: nowMs }
}

/** A job that should have run while the cluster elected a leader never runs. */
export const missedTicksSkipped: BugDefinition = {
  description: 'ticks that came due while no node led are left out',
  workload: 'scheduled-job',
  realRun: {
    args: '--target-opts sink=deduplicating -n partition --nemesis-opts shapes=leader,direction=two-way,interval=2s,duration=1200ms --time-limit 12s',
  },
  machine: {
    structures: {
      [SCHEDULE.name]: (saved) =>
        new SkippingSchedules((saved ?? { ledger: [], schedules: [] }) as SavedSchedules),
    },
  },
  server: { nextTick: tickByClock },
}

// ------------------------------------------------------------------------------------------ reads

const CACHED_MS = 150

interface CachedRead {
  readonly value: unknown
  readonly sinceMs: number
}

const cachingApi = (api: ServerApi): ClientApi => {
  const cache = new Map<string, CachedRead>()
  return alteredApi(api, {
    read: (vocabulary, call, reply) => {
      if (vocabulary !== REGISTER.name) return api.read(vocabulary, call, reply)
      const key = JSON.stringify(call.value)
      const cached = cache.get(key)
      if (cached !== undefined && performance.now() - cached.sinceMs < CACHED_MS)
        return reply({ type: 'value', value: cached.value })
      api.read(vocabulary, call, (answer) => {
        if (answer.type === 'value') cache.set(key, { value: answer.value, sinceMs: performance.now() })
        reply(answer)
      })
    },
  })
}

/** The cache is not told of writes, and ends by time alone. */
export const cachedReads: BugDefinition = {
  description: `a node answers a read again for ${CACHED_MS} ms, whatever was written since`,
  workload: 'causal',
  realRun: { args: '--time-limit 8s' },
  server: { clientApiOf: cachingApi },
}
