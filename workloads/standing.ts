/** Checkers that every workload has: they check what must hold for any cluster, independent of its clients. */
import { agreement } from '../checkers/cluster/agreement.ts'
import { atomicCommitment } from '../checkers/cluster/atomic-commitment.ts'
import { availability } from '../checkers/cluster/availability.ts'
import { blocking } from '../checkers/cluster/blocking.ts'
import { convergence } from '../checkers/cluster/convergence.ts'
import { leadership } from '../checkers/cluster/leadership.ts'
import { logs } from '../checkers/cluster/logs.ts'
import { outcomes } from '../checkers/cluster/outcomes.ts'
import { proofs } from '../checkers/cluster/proofs.ts'
import { quorums } from '../checkers/cluster/quorums.ts'
import { recovery } from '../checkers/cluster/recovery.ts'
import { sides } from '../checkers/cluster/sides.ts'
import { statistics } from '../checkers/cluster/statistics.ts'
import type { Checker } from '../harness/api/verdict.ts'

export const standing: readonly Checker[] = [
  agreement,
  leadership,
  quorums,
  proofs,
  atomicCommitment,
  blocking,
  convergence,
  sides,
  availability,
  recovery,
  logs,
  outcomes,
  statistics,
]
