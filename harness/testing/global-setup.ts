/** Set-up of the end-to-end tests: a Docker daemon where none answers (root, no service manager), and the images. */
import { targetImages } from '../cli/commands/prepare.ts'
import { docker } from '../environments/docker/environment.ts'
import { shareDaemon } from './shared-daemon.ts'

const setup = async (): Promise<(() => Promise<void>) | undefined> => {
  if (process.getuid?.() !== 0) return undefined
  const release = await shareDaemon()
  await docker.prepare({
    images: targetImages(),
    base: 'local',
    say: (line) => process.stderr.write(`${line}\n`),
  })
  return release
}

export default setup
