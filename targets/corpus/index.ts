/** The corpus of known bugs, by system. To add one, add a file and its entry here. */
import type { KnownBug } from '../../harness/api/corpus.ts'
import { redisEverysec } from './redis-everysec.ts'

export const corpus: readonly KnownBug[] = [redisEverysec]
