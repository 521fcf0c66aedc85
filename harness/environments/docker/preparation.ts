/** What the docker environment needs on this machine, and how to get it: a daemon, and images. */
import type { PrepareSpec } from '../../api/environment.ts'
import { UserError } from '../../support/assert.ts'
import { installPackages, missingPackages } from '../packages.ts'
import { isDockerReachable, whyNoDaemon } from './daemon.ts'
import { hasServiceManager, startDaemon } from './daemon-process.ts'
import { ensureImage } from './images.ts'

/** Program -> the Debian package that has it. */
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

/** Installs Docker and starts its daemon where none answers, and builds the images that are not there. */
export const prepareDocker = async ({ images, base, say }: PrepareSpec): Promise<void> => {
  if (!(await isDockerReachable())) {
    await installDocker(say)
    if (hasServiceManager())
      throw new UserError('The Docker daemon is installed but does not run: systemctl start docker', 254)
    say('$ dockerd')
    await startDaemon()
  }
  for (const image of images) await ensureImage(image, base, say)
}
