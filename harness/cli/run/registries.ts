/** Names looked up in the registries, or loaded from a module's path. */
import path from 'node:path'
import { incidents } from '../../../incidents/index.ts'
import { nemeses } from '../../../nemeses/index.ts'
import { targets } from '../../../targets/index.ts'
import type { Environment } from '../../api/environment.ts'
import type { Incident } from '../../api/incident.ts'
import type { Nemesis } from '../../api/nemesis.ts'
import type { Target } from '../../api/target.ts'
import { environments } from '../../environments/index.ts'
import { UserError } from '../../support/assert.ts'
import { lookUp } from '../unknown-name.ts'
import { answersOf } from './claims-file.ts'
import { hasMethods, looksLikePath } from './reference.ts'
import { requireTarget } from './target-shape.ts'
import { importUserModule } from './user-modules.ts'

export const findTarget = async (name: string): Promise<Target> => {
  if (!looksLikePath(name)) return lookUp('target', targets, name)
  const target = requireTarget(path.resolve(name), await importUserModule('target', path.resolve(name)))
  const { claims } = await answersOf(name)
  if (Object.keys(claims).length === 0) return target
  // The rest of it may be methods of a class.
  return Object.create(target, {
    claims: {
      value: (...given: Parameters<Target['claims']>) => ({ ...target.claims(...given), ...claims }),
    },
  })
}

const INCIDENT_TEXTS = ['name', 'description', 'effect', 'endangers'] as const satisfies (keyof Incident)[]

const isIncident = (value: unknown): value is Incident =>
  hasMethods(value, ['plan']) &&
  INCIDENT_TEXTS.every((name) => typeof (value as Incident)[name] === 'string') &&
  typeof (value as Incident).leastNodes === 'number'

export const findIncident = async (name: string): Promise<Incident> => {
  if (!looksLikePath(name)) return lookUp('incident', incidents, name)
  const incident = await importUserModule('incident', path.resolve(name))
  if (isIncident(incident)) return incident
  throw new UserError(
    `${path.resolve(name)} does not export an Incident as default: ${INCIDENT_TEXTS.join(', ')}, leastNodes and plan. See Incident in harness/api.ts.`,
  )
}

export const findEnvironment = (name: string): Environment => lookUp('environment', environments, name)
export const findNemesis = (name: string): Nemesis => lookUp('nemesis', nemeses, name)
