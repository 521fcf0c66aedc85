import { describe, expect, it } from 'vitest'
import { workloads } from '../../workloads/index.ts'
import type { Call } from '../api/history.ts'
import type { Workload } from '../api/workload.ts'
import { defaultsOf } from '../cli/run/options.ts'
import { rngFromSeed } from '../support/random.ts'
import { firstReadOf } from './first-read.ts'

const firstRead = (name: string): { workload: Workload; call: Call | null } => {
  const workload = workloads[name] as Workload
  const spec = { concurrency: 5, nodes: 3, workloadOptions: defaultsOf(workload.options) }
  return { workload, call: firstReadOf(workload, spec, rngFromSeed(1)) }
}

describe('the read before a run', () => {
  it.each(['register', 'set', 'list-append', 'rw-register', 'counter', 'bank', 'election'])(
    '%s: changes nothing',
    (name) => {
      const { workload, call } = firstRead(name)
      expect(workload.vocabulary.calls[call?.f ?? '']?.changes(call?.value)).toBe(false)
    },
  )

  it.each(['queue', 'lock', 'semaphore', 'unique-ids'])(
    '%s: none, since each call changes something',
    (name) => {
      expect(firstRead(name).call).toBeNull()
    },
  )
})
