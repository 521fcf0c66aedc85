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

/**
 * Creates a container and starts it.
 *
 * @param whose as in `the container of n1`
 * @throws UserError with the daemon's words if it refuses.
 */
export const startContainer = async (
  docker: Docker,
  whose: string,
  options: Docker.ContainerCreateOptions,
): Promise<{ readonly container: Docker.Container; readonly state: Docker.ContainerInspectInfo }> => {
  try {
    const container = await docker.createContainer(options)
    await container.start()
    return { container, state: await container.inspect() }
  } catch (error) {
    const { statusCode, json } = error as { statusCode?: number; json?: { message?: string } }
    if (statusCode === undefined) throw error
    const words = (json?.message ?? messageOf(error)).trim().replace(/\s+/g, ' ')
    throw new UserError(
      `The Docker daemon could not start the container of ${whose}: ${words}`,
      EXIT_CODES.harnessFailed,
    )
  }
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
