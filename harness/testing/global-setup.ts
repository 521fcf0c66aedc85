/**
 * Set-up of the end-to-end tests. If no Docker daemon answers (and we are root, without a service manager), it starts one
 * before any test takes its baseline of the host, and stops it afterwards. It also builds the images.
 */
import { targetImages } from '../cli/commands/prepare.ts'
import { isDockerReachable } from '../environments/docker/daemon.ts'
import { hasServiceManager, startDaemon, stopDaemon } from '../environments/docker/daemon-process.ts'
import { docker } from '../environments/docker/environment.ts'

const setup = async (): Promise<(() => Promise<void>) | undefined> => {
  if (process.getuid?.() !== 0) return undefined
  const ours = (await isDockerReachable()) || hasServiceManager() ? null : await startDaemon()
  await docker.prepare({
    images: targetImages(),
    base: 'local',
    say: (line) => process.stderr.write(`${line}\n`),
  })
  return async () => {
    if (ours !== null) await stopDaemon(ours)
  }
}

export default setup
