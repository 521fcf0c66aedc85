/** Removing Docker objects by label: containers, then networks, then volumes. */
import { thawGroupsOf } from './cgroup/groups.ts'

export const RUN_LABEL = 'faultline.run'

const swallowGone = (error: { statusCode?: number }): void => {
  if (error.statusCode !== 404 && error.statusCode !== 409) throw error
}

/** Removes everything with the label `label` (`faultline.run=<id>`). */
export const removeLabelled = async (label: string): Promise<void> => {
  // Loaded only if there is something to remove: every run has a watchdog, but few runs have containers.
  const { default: Docker } = await import('dockerode')
  const docker = new Docker()
  const filters = { label: [label] }
  const containers = await docker.listContainers({ all: true, filters })
  // A frozen container cannot be removed.
  for (const { Id } of containers) {
    const { State } = await docker.getContainer(Id).inspect()
    if (State.Pid > 0) thawGroupsOf(State.Pid)
  }
  await Promise.all(
    containers.map(({ Id }) => docker.getContainer(Id).remove({ force: true, v: true }).catch(swallowGone)),
  )
  const networks = await docker.listNetworks({ filters })
  await Promise.all(networks.map(({ Id }) => docker.getNetwork(Id).remove().catch(swallowGone)))
  const { Volumes } = await docker.listVolumes({ filters })
  await Promise.all((Volumes ?? []).map(({ Name }) => docker.getVolume(Name).remove().catch(swallowGone)))
}
