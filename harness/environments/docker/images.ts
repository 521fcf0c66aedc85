/**
 * Images, built from docker/<name>/Dockerfile. Nothing is pulled without a request: the base image is used if it is
 * there, else pulled if the user asked for it, else made here from Debian packages under the same tag. So the
 * Dockerfiles are the same with and without an image registry.
 */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { execa } from 'execa'
import type { PrepareSpec } from '../../api/environment.ts'
import { messageOf, UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { connectDocker } from './daemon.ts'

const BASE = 'debian:bookworm-slim'
const SUITE = 'bookworm'
/** `registry`: pull it. `local`: make it with mmdebstrap. */
type BaseSource = PrepareSpec['base']

export const imageTag = (name: string): string => `faultline/${name}`

const hasImage = async (tag: string): Promise<boolean> => {
  const docker = await connectDocker()
  return docker
    .getImage(tag)
    .inspect()
    .then(
      () => true,
      () => false,
    )
}

/** Makes a minimal Debian by mmdebstrap from the package sources that this machine uses. */
const makeLocalBase = async (say: (line: string) => void): Promise<void> => {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'faultline-base-'))
  try {
    const archive = path.join(directory, 'base.tar')
    const argv = [
      '--variant=apt',
      '--mode=root',
      '--include=usr-is-merged',
      '--hook-dir=/usr/share/mmdebstrap/hooks/merged-usr',
      '--dpkgopt=path-exclude=/usr/share/man/*',
      '--dpkgopt=path-exclude=/usr/share/locale/*',
      '--dpkgopt=path-exclude=/usr/share/doc/*',
      SUITE,
      archive,
    ]
    say(`$ mmdebstrap ${argv.join(' ')}`)
    await execa('mmdebstrap', [...argv, ...aptSources()])
    say(`$ docker import ${BASE}`)
    await execa('docker', ['import', '--change', 'CMD ["bash"]', archive, BASE])
  } finally {
    fs.rmSync(directory, { recursive: true, force: true })
  }
}

/** The host's package source files, in both formats. */
export const aptSources = (): readonly string[] => {
  const directory = '/etc/apt/sources.list.d'
  const parts = fs.existsSync(directory)
    ? fs.readdirSync(directory).map((name) => path.join(directory, name))
    : []
  return ['/etc/apt/sources.list', ...parts].filter(
    (file) => /\.(list|sources)$/.test(file) && fs.existsSync(file) && fs.statSync(file).size > 0,
  )
}

const ensureBase = async (source: BaseSource, say: (line: string) => void): Promise<void> => {
  if (await hasImage(BASE)) return
  if (source === 'local') return makeLocalBase(say)
  say(`$ docker pull ${BASE}`)
  await execa('docker', ['pull', BASE])
}

/** The folder docker/ of the package; also found from the compiled code. */
const dockerDir = (): string => {
  const up = import.meta.filename.endsWith('.ts') ? '../../..' : '../../../..'
  return path.resolve(import.meta.dirname, up, 'docker')
}

/** Builds the image of docker/<name> if it does not exist. */
export const ensureImage = async (
  name: string,
  source: BaseSource,
  say: (line: string) => void,
): Promise<void> => {
  if (await hasImage(imageTag(name))) return
  const context = path.join(dockerDir(), name)
  if (!fs.existsSync(path.join(context, 'Dockerfile'))) {
    throw new UserError(`There is no ${path.join(context, 'Dockerfile')} to build ${imageTag(name)} from.`)
  }
  await ensureBase(source, say)
  say(`building ${imageTag(name)} from ${context}`)
  // testcontainers' reaper is another image that would have to be pulled. Our journal does its work.
  process.env.TESTCONTAINERS_RYUK_DISABLED = 'true'
  const { GenericContainer } = await import('testcontainers')
  try {
    await GenericContainer.fromDockerfile(context).build(imageTag(name), { deleteOnExit: false })
  } catch (error) {
    throw new UserError(`${imageTag(name)} could not be built: ${messageOf(error)}`, EXIT_CODES.harnessFailed)
  }
}
