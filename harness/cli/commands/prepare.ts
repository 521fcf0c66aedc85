/** `faultline prepare`: installs and builds what faultline needs on this machine. It prints each command first. */
import { targets } from '../../../targets/index.ts'
import type { PrepareSpec } from '../../api/environment.ts'
import type { Options } from '../../api/options.ts'
import type { Target } from '../../api/target.ts'
import { environments } from '../../environments/index.ts'
import { installPackages, missingPackages } from '../../environments/packages.ts'
import { obtainProgram } from '../../environments/programs/obtain.ts'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { defaultsOf, parseOptions } from '../run/options.ts'
import { programsOf } from '../run/programs.ts'
import { findTarget } from '../run/registries.ts'
import { lookUp } from '../unknown-name.ts'

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

/** The images of the services that any choice of the target's options requests. */
const serviceImages = ({ options, services }: Target): readonly string[] => {
  const defaults = defaultsOf(options)
  const chosen = Object.entries(options).flatMap(([name, { choices = [] }]) =>
    choices.map((choice) => ({ ...defaults, [name]: choice })),
  )
  return chosen.flatMap((each) => services?.(each) ?? []).flatMap(({ image }) => image ?? [])
}

/** The images of the targets and of their services. */
export const targetImages = (of: readonly Target[] = Object.values(targets)): readonly string[] => [
  ...new Set(
    of.flatMap((target) => (target.image === undefined ? [] : [target.image, ...serviceImages(target)])),
  ),
]

/** @param options of the target; absent: its defaults */
const preparePrograms = async (of: readonly Target[], options?: Options): Promise<void> => {
  for (const target of of) {
    const programs = programsOf(target, options ?? defaultsOf(target.options))
    for (const [name, source] of Object.entries(programs))
      say(`${target.name}: ${await obtainProgram(name, source, say)}`)
  }
}

const prepareTests = async (): Promise<void> => {
  for (const environment of Object.values(environments)) await environment.install(say)
  const programs = {
    chromium: 'chromium',
    gcc: 'build-essential',
    java: 'openjdk-17-jdk-headless',
    // A virtual machine with a kernel and a service manager of its own.
    'qemu-system-x86_64': 'qemu-system-x86',
    mmdebstrap: 'mmdebstrap',
    mke2fs: 'e2fsprogs',
  }
  await installPackages(missingPackages(programs), say)
  await preparePrograms(Object.values(targets))
}

const stepsWith = (
  base: PrepareSpec['base'],
  of: readonly Target[],
  options: Options | undefined,
): Readonly<Record<string, () => Promise<void>>> => ({
  ...Object.fromEntries(
    Object.values(environments).map((environment) => [
      environment.name,
      () => environment.prepare({ images: targetImages(of), base, say }),
    ]),
  ),
  programs: () => preparePrograms(of, options),
  tests: prepareTests,
})

interface PrepareSettings extends Pick<PrepareSpec, 'base'> {
  readonly target?: string | undefined
  readonly targetOpts?: string | undefined
}

/** @param what an environment, `programs` (those of the targets) or `tests` (what the tests need) */
export const prepareCommand = async (
  what: string,
  { base, target, targetOpts }: PrepareSettings,
): Promise<number> => {
  if (target === undefined && targetOpts !== undefined)
    throw new UserError('--target-opts needs the target that they are for: --target.')
  const one = target === undefined ? null : await findTarget(target)
  const of = one === null ? Object.values(targets) : [one]
  const options = one === null ? undefined : parseOptions(`target ${one.name}`, targetOpts, one.options)
  await lookUp('preparation', stepsWith(base, of, options), what)()
  return EXIT_CODES.valid
}
