/** Workloads by name or by path. Apart from the other registries: whoever only judges loads no targets and nemeses. */
import path from 'node:path'
import { workloads } from '../../../workloads/index.ts'
import type { Workload } from '../../api/workload.ts'
import { UserError } from '../../support/assert.ts'
import { lookUp } from '../unknown-name.ts'
import { hasMethods, looksLikePath } from './reference.ts'
import { importUserModule } from './user-modules.ts'

export const findWorkload = async (name: string): Promise<Workload> => {
  if (!looksLikePath(name)) return lookUp('workload', workloads, name)
  const workload = await importUserModule('workload', path.resolve(name))
  if (hasMethods(workload, ['generator', 'checkers'])) return workload as Workload
  throw new UserError(
    `${path.resolve(name)} does not export a Workload as default: see Workload in harness/api.ts.`,
  )
}
