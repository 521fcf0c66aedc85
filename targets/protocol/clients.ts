/** Name of a vocabulary -> its clients, for a target whose nodes serve all of them from one log. */
import type { Client } from '../../harness/api/client.ts'
import type { Call } from '../../harness/api/history.ts'
import { ELECTION } from '../../harness/vocabularies/election.ts'
import { JOB_QUEUE } from '../../harness/vocabularies/job-queue.ts'
import { LEASE } from '../../harness/vocabularies/lease.ts'
import { LOCK } from '../../harness/vocabularies/locks.ts'
import { PROTECTED_LEASE, PROTECTED_LOCK } from '../../harness/vocabularies/protected.ts'
import { protectedBy } from '../sink/client.ts'
import { replicatedClient } from './client.ts'
import { electionClient } from './election-client.ts'
import { jobClient } from './job-client.ts'
import type { ClientOptions } from './options.ts'
import { structures } from './structures/index.ts'

export const replicatedClients: Readonly<Record<string, Client<Call, ClientOptions>>> = {
  ...Object.fromEntries(Object.keys(structures).map((name) => [name, replicatedClient(name)])),
  [ELECTION.name]: electionClient,
  [JOB_QUEUE.name]: jobClient,
  [PROTECTED_LOCK.name]: protectedBy(replicatedClient(LOCK.name)),
  [PROTECTED_LEASE.name]: protectedBy(replicatedClient(LEASE.name)),
}
