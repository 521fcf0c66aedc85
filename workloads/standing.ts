/** Checkers that every workload has: what must hold of any cluster, whatever its clients do. */
import { agreement } from '../checkers/agreement.ts'
import { convergence } from '../checkers/convergence.ts'
import { leadership } from '../checkers/leadership.ts'
import { logs } from '../checkers/logs.ts'
import { outcomes } from '../checkers/outcomes.ts'
import { recovery } from '../checkers/recovery.ts'
import { sides } from '../checkers/sides.ts'
import { statistics } from '../checkers/statistics.ts'
import type { Checker } from '../harness/api.ts'

export const standing: readonly Checker[] = [
  agreement,
  leadership,
  convergence,
  sides,
  recovery,
  logs,
  outcomes,
  statistics,
]
