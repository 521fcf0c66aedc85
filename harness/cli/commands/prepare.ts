/** `faultline prepare`: installs and builds what faultline needs on this machine. It prints each command first. */
import { targets } from '../../../targets/index.ts'
import type { PrepareSpec } from '../../api/environment.ts'
import { environments } from '../../environments/index.ts'
import { installPackages, missingPackages, obtainProgram } from '../../environments/packages.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { lookUp } from '../unknown-name.ts'

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

/** The images of all bundled targets. */
export const targetImages = (): readonly string[] =>
  Object.values(targets).flatMap(({ image }) => (image === undefined ? [] : [image]))

const preparePrograms = async (): Promise<void> => {
  for (const target of Object.values(targets)) {
    for (const [name, debianPackage] of Object.entries(target.programs))
      await obtainProgram(name, debianPackage, say)
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
  await preparePrograms()
}

const stepsWith = (base: PrepareSpec['base']): Readonly<Record<string, () => Promise<void>>> => ({
  ...Object.fromEntries(
    Object.values(environments).map((environment) => [
      environment.name,
      () => environment.prepare({ images: targetImages(), base, say }),
    ]),
  ),
  programs: preparePrograms,
  tests: prepareTests,
})

/** @param what an environment, `programs` (those of the targets) or `tests` (what the tests need) */
export const prepareCommand = async (what: string, { base }: Pick<PrepareSpec, 'base'>): Promise<number> => {
  await lookUp('preparation', stepsWith(base), what)()
  return EXIT_CODES.valid
}
