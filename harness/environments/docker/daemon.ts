/** The Docker daemon: reached, or a sentence on why not. */
import type Docker from 'dockerode'
import { messageOf, UserError } from '../../support/assert.ts'

/** @throws UserError where the daemon does not answer. */
export const connectDocker = async (): Promise<Docker> => {
  const { default: DockerClient } = await import('dockerode')
  const docker = new DockerClient()
  try {
    await docker.ping()
  } catch (error) {
    throw new UserError(
      `The Docker daemon does not answer (${messageOf(error)}). Start it, or prepare this machine with \`faultline prepare docker\`, ` +
        'or run with --env namespaces.',
      254,
    )
  }
  return docker
}

export const isDockerReachable = async (): Promise<boolean> => {
  try {
    await connectDocker()
    return true
  } catch {
    return false
  }
}
