/** What the docker environment needs on this machine (a daemon and images), and how to get it. */
import type { PrepareSpec } from '../../api/environment.ts'
import { hasServiceManager } from '../../faults/cgroup/systemd.ts'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { installPackages, missingPackages } from '../packages.ts'
import { isDockerReachable, whyNoDaemon } from './daemon.ts'
import { startDaemon } from './daemon-process.ts'
import { ensureImage } from './images.ts'

/** Program -> the Debian package that contains it. */
const PROGRAMS: Readonly<Record<string, string>> = {
  dockerd: 'docker.io',
  docker: 'docker.io',
  mmdebstrap: 'mmdebstrap',
  iptables: 'iptables',
}

export const whyNoDocker = async (): Promise<string | null> => {
  const why = await whyNoDaemon()
  if (why === null) return null
  const missing = missingPackages(PROGRAMS)
  return missing.length === 0 ? why : `${why} Packages that are not installed: ${missing.join(', ')}.`
}

export const installDocker = (say: PrepareSpec['say']): Promise<void> =>
  installPackages(missingPackages(PROGRAMS), say)

/** If no Docker daemon answers, installs Docker and starts one. Builds the images that do not exist. */
export const prepareDocker = async ({ images, base, say }: PrepareSpec): Promise<void> => {
  if (!(await isDockerReachable())) {
    await installDocker(say)
    if (hasServiceManager())
      throw new UserError(
        'The Docker daemon is installed but not running: systemctl start docker',
        EXIT_CODES.harnessFailed,
      )
    say('$ dockerd')
    await startDaemon()
  }
  for (const image of images) await ensureImage(image, base, say)
}
