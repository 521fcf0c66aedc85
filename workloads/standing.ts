/** Checkers that every workload has: what must hold of any cluster, whatever its clients do. */
import { agreement } from '../checkers/agreement.ts'
import { recovery } from '../checkers/recovery.ts'
import { statistics } from '../checkers/statistics.ts'
import type { Checker } from '../harness/api.ts'

export const standing: readonly Checker[] = [agreement, recovery, statistics]
