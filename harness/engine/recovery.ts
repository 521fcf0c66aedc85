/** After the main part of a run: heals all faults, waits for the cluster to recover, and reads everything back. */
import type { Call } from '../api/history.ts'
import type { Recovery } from '../api/record.ts'
import { timeLimit } from '../generators/combinators.ts'
import { onClients } from '../generators/threads.ts'
import { NS_PER_MS } from '../support/time.ts'
import type { FaultRunner } from './fault-runner.ts'
import { enterPhase } from './log-events.ts'
import { awaitReady } from './members.ts'
import { nodesOf, servicesOf } from './provision.ts'
import type { StartedRun } from './run-parts.ts'
import type { Scheduler } from './scheduler.ts'
import type { ServiceLevel } from './service-level.ts'

const FINAL_PHASE_MS = 60_000
/** A cluster that never acknowledged anything will hardly do so now. */
const FINAL_PHASE_UNSERVED_MS = 10_000

/** Heals all faults, restarts what has died, and waits until all members are ready. */
const recover = async (run: StartedRun, faults: FaultRunner): Promise<Recovery> => {
  const { parts, clock } = run
  enterPhase(parts, 'healing all faults, waiting for recovery')
  await faults.healAll()
  parts.progress.activeFaults(faults.active)
  // This also restarts nodes that crashed without a fault.
  const services = servicesOf(run)
  const members = [...services, ...nodesOf(run)]
  await Promise.all(members.map(({ node }) => node.start(parts.signal)))
  await faults.settleAll()
  const healedNs = clock()
  const notReady = await awaitReady(members, parts.spec.recoveryTimeoutMs, parts.signal)
  const isService = (name: string): boolean => services.some(({ node }) => node.name === name)
  return {
    recoveredAfterMs: notReady.length === 0 ? Math.round((clock() - healedNs) / NS_PER_MS) : null,
    deadlineMs: parts.spec.recoveryTimeoutMs,
    notReady: notReady.filter((name) => !isService(name)),
    servicesNotReady: notReady.filter(isService),
  }
}

/** Runs the scheduler until it is done, with faults or without. */
export type Drive = (underFaults: boolean) => Promise<void>

/** What has driven the run so far. */
export interface Driven {
  readonly scheduler: Scheduler<Call>
  readonly faults: FaultRunner
  readonly drive: Drive
  readonly service: Pick<ServiceLevel, 'acknowledgements'>
}

/** Runs the workload's final reads, if it has any. */
const readBack = async ({ parts, rng }: StartedRun, { scheduler, drive, service }: Driven): Promise<void> => {
  const { workload, spec } = parts
  const final = workload.finalGenerator?.(rng.fork('workload'), spec.workloadOptions, {
    concurrency: spec.concurrency,
    nodes: spec.nodes,
    ordinal: (thread) => scheduler.ordinalOf(thread),
  })
  if (final === undefined) return
  enterPhase(parts, 'reading everything back')
  const mostMs = service.acknowledgements > 0 ? FINAL_PHASE_MS : FINAL_PHASE_UNSERVED_MS
  scheduler.extend(timeLimit(mostMs * NS_PER_MS, onClients(spec.concurrency, final)))
  await drive(false)
}

/** Heals, waits for recovery and reads everything back. */
export const finish = async (run: StartedRun, driven: Driven): Promise<Recovery> => {
  const recovery = await recover(run, driven.faults)
  const { log } = run.parts
  if (recovery.recoveredAfterMs === null) {
    // Without recovery there are no final reads: every operation would only time out.
    log.warn('not recovered', { ...recovery })
    return recovery
  }
  log.info('recovered', { afterMs: recovery.recoveredAfterMs })
  await readBack(run, driven)
  return recovery
}
