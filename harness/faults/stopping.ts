/** Stops every process of a node by SIGSTOP, those that are forked meanwhile too. */
import type { ClusterNode } from '../api/environment.ts'
import type { NodeProcess } from '../api/process.ts'
import { waitUntil } from '../support/wait.ts'
import { signal, threadStates } from './proc.ts'

const STOPPED_TIMEOUT_MS = 2000

export const isStopped = ({ pid }: NodeProcess): boolean => {
  const states = threadStates(pid)
  return states.length > 0 && states.every((state) => state === 'T')
}

/** Resolves with the processes that are stopped. A process that hangs in the kernel is stopped when it returns. */
export const stopAll = async (node: ClusterNode): Promise<readonly NodeProcess[]> => {
  let processes: readonly NodeProcess[] = []
  // A process may fork before it stops, so they are listed until all that are listed are stopped.
  const areStopped = async (): Promise<boolean> => {
    processes = await node.processes()
    const running = processes.filter((each) => !isStopped(each))
    for (const { pid } of running) signal(pid, 'SIGSTOP')
    return running.length === 0
  }
  await waitUntil(areStopped, STOPPED_TIMEOUT_MS, 2)
  return processes
}

export const resume = (processes: readonly NodeProcess[]): void => {
  for (const { pid } of processes) signal(pid, 'SIGCONT')
}
