/** The environment a run asks for, or the best there is. */
import type { Environment } from '../../api/environment.ts'
import type { Options } from '../../api/options.ts'
import type { Target } from '../../api/target.ts'
import { isDockerReachable } from '../../environments/docker/daemon.ts'
import { dockerEnvironment } from '../../environments/docker/environment.ts'
import { namespaces } from '../../environments/namespaces/environment.ts'
import { unknownName } from '../unknown-name.ts'

export const environmentFor = (name: string, runId: string): Environment => {
  if (name === 'namespaces') return namespaces
  if (name === 'docker') return dockerEnvironment(runId)
  throw unknownName('environment', name, ['auto', 'namespaces', 'docker'])
}

/** auto: docker where the daemon answers and the target has an image, and all that stands beside it; else namespaces. */
export const chooseEnvironment = async (name: string, target: Target, options: Options): Promise<string> => {
  if (name !== 'auto') return name
  const services = target.services?.(options) ?? []
  const hasImages = target.image !== undefined && services.every(({ image }) => image !== null)
  return hasImages && (await isDockerReachable()) ? 'docker' : 'namespaces'
}
