/** `faultline prepare`: installs and builds what a use of faultline needs on this machine, saying each command first. */
import { installPackages, missingPackages, obtainProgram } from '../../environments/packages.ts'
import { environments, targets, unknownName } from '../run/registries.ts'

const say = (line: string): void => {
  process.stderr.write(`${line}\n`)
}

/** Of all bundled targets. */
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
  const programs = { chromium: 'chromium', gcc: 'build-essential', java: 'openjdk-17-jdk-headless' }
  await installPackages(missingPackages(programs), say)
  await preparePrograms()
}

/** What `--base` may be. */
const parseBase = (text: string): 'local' | 'registry' => {
  if (text === 'local' || text === 'registry') return text
  throw unknownName('base', text, ['local', 'registry'])
}

/** @param what an environment, or what is in none: the targets' programs, and what the tests need */
export const prepareCommand = async (what: string, flags: { readonly base: string }): Promise<number> => {
  const base = parseBase(flags.base)
  const steps: Readonly<Record<string, () => Promise<void>>> = {
    ...Object.fromEntries(
      Object.values(environments).map((environment) => [
        environment.name,
        () => environment.prepare({ images: targetImages(), base, say }),
      ]),
    ),
    programs: preparePrograms,
    tests: prepareTests,
  }
  const step = steps[what]
  if (step === undefined) throw unknownName('preparation', what, Object.keys(steps))
  await step()
  return 0
}
