/**
 * Which of our server's errors prove that a call changed nothing. `Refused` is split-brain protection, which is asked before a call
 * is carried out (`OperationRunnerImpl`, 5.6), where no attempt can have come before it. Everything else may have happened:
 * an IndeterminateOperationStateException says so, an OperationTimeoutException does too, and whatever a member throws that
 * leaves the cluster may follow a call that was carried out.
 *
 * Source: "Data Partitioning and Replication" (https://docs.hazelcast.com/hazelcast/latest/architecture/data-partitioning).
 */
export const isDefinite = (reason: string): boolean => reason.startsWith('Refused: ')
