/** The registry of workloads: name to value. */
import type { Workload } from '../harness/api.ts'
import { register } from './register.ts'

export const workloads: Readonly<Record<string, Workload>> = { register }
