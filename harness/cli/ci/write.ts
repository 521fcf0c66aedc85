/** `faultline init --ci`: writes what is not there yet, and says what is. */
import fs from 'node:fs'
import path from 'node:path'
import { messageOf, UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { CONFIG_NAMES } from '../suite/config.ts'
import { BY_HAND, startingConfig, WORKFLOWS } from './files.ts'
import type { Platform } from './issue-script.ts'

/** One there already, under whichever of its names, is the one to be used. */
const configFor = (folder: string): ReadonlyMap<string, string> => {
  const present = CONFIG_NAMES.find((name) => fs.existsSync(path.join(folder, name)))
  const target = fs.existsSync(path.join(folder, 'target.ts')) ? './target.ts' : 'raft'
  return new Map([[present ?? 'faultline.config.ts', startingConfig(target)]])
}

/** False: it is there already, and stays as it is. */
const writeNew = (file: string, text: string): boolean => {
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true })
    fs.writeFileSync(file, text, { flag: 'wx' })
    return true
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false
    throw new UserError(`${file} cannot be written: ${messageOf(error)}`)
  }
}

/** @returns the exit code: bad usage where not even the workflow is new */
export const writeWorkflow = (folder: string, platform: Platform): number => {
  const workflow = WORKFLOWS[platform]()
  const said = [...workflow, ...configFor(folder)].map(([name, text]) => {
    const isNew = writeNew(path.join(folder, name), text)
    const byHand = BY_HAND[name] === undefined ? '' : ` To use the rest, ${BY_HAND[name]}`
    const line = isNew ? `${name}: written.` : `${name}: exists, and is not overwritten.${byHand}`
    return { name, isNew, line }
  })
  const hasLock = fs.existsSync(path.join(folder, 'package-lock.json'))
  const lines = [
    ...said.map(({ line }) => line),
    ...(hasLock
      ? []
      : [
          '',
          'The jobs install with `npm ci`: commit a package.json and a package-lock.json that have faultline.',
        ]),
    ...['', 'Try the suite here first: npx faultline suite --seeds 1'],
  ]
  process.stdout.write(`${lines.join('\n')}\n`)
  const [main] = said
  return main?.isNew === true ? EXIT_CODES.valid : EXIT_CODES.badUsage
}
