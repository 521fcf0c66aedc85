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
import { imageOf } from './image-name.ts'

const BASE = 'debian:bookworm-slim'
const SUITE = 'bookworm'
/** `registry`: pull it. `local`: make it with mmdebstrap. */
type BaseSource = PrepareSpec['base']

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

/** @throws UserError if it is not on this machine, with what to do */
export const requireImage = async (name: string): Promise<string> => {
  const { tag, context } = imageOf(name)
  if (await hasImage(tag)) return tag
  const remedy = context === null ? `docker pull ${tag}` : 'build it with `faultline prepare docker`'
  const ofTarget = context !== null && path.isAbsolute(name) ? ' --target FILE' : ''
  throw new UserError(
    `The image ${tag} does not exist: ${remedy.replace(/`$/, `${ofTarget}\``)}.`,
    EXIT_CODES.harnessFailed,
  )
}

/** Builds the image if it does not exist, or pulls it if it is made by others and the user asked for it. */
export const ensureImage = async (
  name: string,
  source: BaseSource,
  say: (line: string) => void,
): Promise<void> => {
  const { tag, context } = imageOf(name)
  if (await hasImage(tag)) return
  if (context === null) return pull(tag, source, say)
  if (!fs.existsSync(path.join(context, 'Dockerfile')))
    throw new UserError(`There is no ${path.join(context, 'Dockerfile')} to build ${tag} from.`)
  await ensureBase(source, say)
  say(`building ${tag} from ${context}`)
  // testcontainers' reaper is another image that would have to be pulled. Our journal does its work.
  process.env.TESTCONTAINERS_RYUK_DISABLED = 'true'
  const { GenericContainer } = await import('testcontainers')
  try {
    await GenericContainer.fromDockerfile(context).build(tag, { deleteOnExit: false })
  } catch (error) {
    throw new UserError(`${tag} could not be built: ${messageOf(error)}`, EXIT_CODES.harnessFailed)
  }
}

const pull = async (tag: string, source: BaseSource, say: (line: string) => void): Promise<void> => {
  if (source === 'local')
    throw new UserError(
      `The image ${tag} is not on this machine: \`docker pull ${tag}\`, or \`faultline prepare docker --base registry\`.`,
      EXIT_CODES.harnessFailed,
    )
  say(`$ docker pull ${tag}`)
  await execa('docker', ['pull', tag])
}
