/** The registry of workloads: name to value. */
import type { Workload } from '../harness/api.ts'
import { register } from './register.ts'
import { set } from './set.ts'

export const workloads: Readonly<Record<string, Workload>> = { register, set }
