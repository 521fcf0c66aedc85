/** `faultline prepare`: installs and builds what a use of faultline needs on this machine, saying each command first. */
import path from 'node:path'
import { targets } from '../../../targets/index.ts'
import { isDockerReachable } from '../../environments/docker/daemon.ts'
import { hasServiceManager, startDaemon } from '../../environments/docker/daemon-process.ts'
import type { BaseSource } from '../../environments/docker/images.ts'
import { ensureImage } from '../../environments/docker/images.ts'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import {
  DOCKER_PROGRAMS,
  installPackages,
  missingPackages,
  NAMESPACE_PROGRAMS,
  obtainProgram,
} from '../run/packages.ts'
import { lookUp } from '../unknown-name.ts'

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

/** The folder docker/ of the package, also from its compiled form. */
const dockerDir = (): string => {
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
      throw new UserError(
        'The Docker daemon is installed but does not run: systemctl start docker',
        EXIT_CODES.harnessFailed,
      )
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

const steps: Readonly<Record<string, (base: BaseSource) => Promise<void>>> = {
  namespaces: prepareNamespaces,
  programs: preparePrograms,
  docker: prepareDocker,
  tests: prepareTests,
}

export const prepareCommand = async (
  what: string,
  { base }: { readonly base: BaseSource },
): Promise<number> => {
  await lookUp('preparation', steps, what)(base)
  return EXIT_CODES.valid
}
