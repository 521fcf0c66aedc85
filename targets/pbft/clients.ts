/** Name of a vocabulary -> its clients. */
import type { Client } from '../../harness/api/client.ts'
import type { Call } from '../../harness/api/history.ts'
import { consistencyOf } from './claims.ts'
import { pbftClient } from './client.ts'
import type { PbftOptions } from './options.ts'

export const pbftClients: Readonly<Record<string, Client<Call, PbftOptions>>> = Object.fromEntries(
  Object.keys(consistencyOf('ordered')).map((name) => [name, pbftClient(name)]),
)
