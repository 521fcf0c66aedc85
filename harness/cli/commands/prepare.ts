/** `faultline prepare`: installs and builds what faultline needs on this machine. It prints each command first. */
import { targets } from '../../../targets/index.ts'
import type { PrepareSpec } from '../../api/environment.ts'
import type { Target } from '../../api/target.ts'
import { environments } from '../../environments/index.ts'
import { installPackages, missingPackages, obtainProgram } from '../../environments/packages.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { findTarget } from '../run/registries.ts'
import { lookUp } from '../unknown-name.ts'

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

/** The images of the services that any choice of the target's options requests. */
const serviceImages = ({ options, services }: Target): readonly string[] => {
  const defaults = Object.fromEntries(Object.entries(options).map(([name, spec]) => [name, spec.default]))
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

const preparePrograms = async (of: readonly Target[]): Promise<void> => {
  for (const target of of) {
    for (const [name, debianPackage] of Object.entries(target.programs))
      say(`${target.name}: ${await obtainProgram(name, debianPackage, say)}`)
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
): Readonly<Record<string, () => Promise<void>>> => ({
  ...Object.fromEntries(
    Object.values(environments).map((environment) => [
      environment.name,
      () => environment.prepare({ images: targetImages(of), base, say }),
    ]),
  ),
  programs: () => preparePrograms(of),
  tests: prepareTests,
})

/** @param what an environment, `programs` (those of the targets) or `tests` (what the tests need) */
export const prepareCommand = async (
  what: string,
  { base, target }: Pick<PrepareSpec, 'base'> & { readonly target?: string | undefined },
): Promise<number> => {
  const of = target === undefined ? Object.values(targets) : [await findTarget(target)]
  await lookUp('preparation', stepsWith(base, of), what)()
  return EXIT_CODES.valid
}
