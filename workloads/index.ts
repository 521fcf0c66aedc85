/** The registry of workloads: name to value. */
import type { Workload } from '../harness/api.ts'
import { register } from './register.ts'
import { set } from './set.ts'
import { listAppendWorkload, rwRegisterWorkload } from './transactions.ts'

const all: readonly Workload[] = [register, set, listAppendWorkload, rwRegisterWorkload]

export const workloads: Readonly<Record<string, Workload>> = Object.fromEntries(
  all.map((workload) => [workload.name, workload]),
)
