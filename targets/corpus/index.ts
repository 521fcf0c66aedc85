/** The corpus of known bugs, by system. To add one, add a file and its entry here. */
import type { KnownBug } from '../../harness/api/corpus.ts'
import { postgresG2Item } from './postgres-g2-item.ts'
import { postgresReindexConcurrently } from './postgres-reindex-concurrently.ts'
import { redisEverysec } from './redis-everysec.ts'
import { zookeeper4925 } from './zookeeper-4925.ts'

export const corpus: readonly KnownBug[] = [
  redisEverysec,
  postgresG2Item,
  postgresReindexConcurrently,
  zookeeper4925,
]
