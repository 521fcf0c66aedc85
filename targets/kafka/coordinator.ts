/** The broker that keeps what is known of a consumer group, or of a transactional producer. */
import { sleep } from '../../harness/support/wait.ts'
import type { Asked, Cluster } from './brokers.ts'
import {
  COORDINATOR_LOAD_IN_PROGRESS,
  COORDINATOR_NOT_AVAILABLE,
  KafkaError,
  NotSentError,
} from './errors.ts'
import { type Message, message } from './message.ts'

/** Whose coordinator it is, by the protocol's numbers. */
const KINDS = { group: 0, producer: 1 } as const
export type Coordinated = keyof typeof KINDS

const PAUSE_MS = 50

/** It is elected, or has not read yet what it must know. */
export const NOT_YET: ReadonlySet<number> = new Set([COORDINATOR_LOAD_IN_PROGRESS, COORDINATOR_NOT_AVAILABLE])

export const findCoordinator = (
  name: string,
  kind: Coordinated,
): Message<{ readonly error: number; readonly id: number }> =>
  message(
    10,
    1,
    (writer) => writer.text(name).int8(KINDS[kind]),
    (reader) => {
      reader.int32()
      const error = reader.int16()
      reader.text()
      return { error, id: reader.int32() }
    },
  )

/**
 * A connection to the coordinator. Waits for one.
 *
 * @param name of the group, or the transactional id
 * @throws if none is known before the signal aborts
 */
export const coordinatorOf = async (
  cluster: Cluster,
  name: string,
  kind: Coordinated,
  signal: AbortSignal,
): Promise<Asked> => {
  for (;;) {
    const home = await cluster.linkHome(signal)
    const { error, id } = await home.ask(findCoordinator(name, kind), signal)
    if (error !== 0 && !NOT_YET.has(error)) throw new KafkaError(error, 'looking for the coordinator')
    const address = error === 0 ? cluster.addressOf(id) : null
    if (address !== null) return cluster.linkTo(address, signal)
    await sleep(PAUSE_MS, signal).catch(() => {
      throw new NotSentError(`${name} has no coordinator`)
    })
  }
}
