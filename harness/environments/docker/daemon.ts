/** Connecting to the Docker daemon, or one sentence on why that is not possible. */
import type Docker from 'dockerode'
import { messageOf, UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'

/** @throws UserError if the daemon does not answer. */
export const connectDocker = async (): Promise<Docker> => {
  const { default: DockerClient } = await import('dockerode')
  const docker = new DockerClient()
  try {
    await docker.ping()
  } catch (error) {
    throw new UserError(
      `The Docker daemon does not answer (${messageOf(error)}). Start it, or prepare this machine with \`faultline prepare docker\`, ` +
        'or run with --env namespaces.',
      EXIT_CODES.harnessFailed,
    )
  }
  return docker
}

/** The reason why the daemon cannot be used, and what to do; null if it answers. */
export const whyNoDaemon = async (): Promise<string | null> => {
  try {
    await connectDocker()
    return null
  } catch (error) {
    return messageOf(error)
  }
}

export const isDockerReachable = async (): Promise<boolean> => (await whyNoDaemon()) === null
