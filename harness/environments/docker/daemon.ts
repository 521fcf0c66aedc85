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

/** Why the daemon cannot be used, and what to do; null where it answers. */
export const whyNoDaemon = async (): Promise<string | null> => {
  try {
    await connectDocker()
    return null
  } catch (error) {
    return messageOf(error)
  }
}

export const isDockerReachable = async (): Promise<boolean> => (await whyNoDaemon()) === null
