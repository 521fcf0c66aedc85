/** `faultline prepare`: installs and builds what a use of faultline needs on this machine, saying each command first. */
import path from 'node:path'
import { isDockerReachable } from '../../environments/docker/daemon.ts'
import { hasServiceManager, startDaemon } from '../../environments/docker/daemon-process.ts'
import type { BaseSource } from '../../environments/docker/images.ts'
import { ensureImage } from '../../environments/docker/images.ts'
import { UserError } from '../../support/assert.ts'
import {
  DOCKER_PROGRAMS,
  installPackages,
  missingPackages,
  NAMESPACE_PROGRAMS,
  obtainProgram,
} from '../run/packages.ts'
import { targets, unknownName } from '../run/registries.ts'

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

/** The folder docker/ of the package, also from its compiled form. */
export const dockerDir = (): string => {
  const up = import.meta.filename.endsWith('.ts') ? '../../..' : '../../../..'
  return path.resolve(import.meta.dirname, up, 'docker')
}

export const buildImages = async (source: BaseSource): Promise<void> => {
  for (const target of Object.values(targets)) {
    if (target.image !== undefined) await ensureImage(target.image, dockerDir(), source, say)
  }
}

const prepareNamespaces = (): Promise<void> => installPackages(missingPackages(NAMESPACE_PROGRAMS), say)

const preparePrograms = async (): Promise<void> => {
  for (const target of Object.values(targets)) {
    for (const [name, debianPackage] of Object.entries(target.programs))
      await obtainProgram(name, debianPackage, say)
  }
}

const installDocker = (): Promise<void> => installPackages(missingPackages(DOCKER_PROGRAMS), say)

const prepareDocker = async (base: BaseSource): Promise<void> => {
  if (!(await isDockerReachable())) {
    await installDocker()
    if (hasServiceManager())
      throw new UserError('The Docker daemon is installed but does not run: systemctl start docker', 254)
    say('$ dockerd')
    await startDaemon()
  }
  await buildImages(base)
}

const prepareTests = async (): Promise<void> => {
  await prepareNamespaces()
  await installDocker()
  const programs = { chromium: 'chromium', gcc: 'build-essential', java: 'openjdk-17-jdk-headless' }
  await installPackages(missingPackages(programs), say)
  await preparePrograms()
}

export const prepareCommand = async (what: string, flags: { readonly base: string }): Promise<number> => {
  if (flags.base !== 'local' && flags.base !== 'registry')
    throw unknownName('base', flags.base, ['local', 'registry'])
  const base = flags.base
  const steps: Readonly<Record<string, () => Promise<void>>> = {
    namespaces: prepareNamespaces,
    programs: preparePrograms,
    docker: () => prepareDocker(base),
    tests: prepareTests,
  }
  const step = steps[what]
  if (step === undefined) throw unknownName('preparation', what, Object.keys(steps))
  await step()
  return 0
}
