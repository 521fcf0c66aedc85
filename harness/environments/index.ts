/** The environments by name. An environment added here can be chosen, examined and prepared without further changes. */
import type { Environment } from '../api/environment.ts'
import { docker } from './docker/environment.ts'
import { namespaces } from './namespaces/environment.ts'

export const environments: Readonly<Record<string, Environment>> = { namespaces, docker }
