/** Finds and reads the claims file of a target. */
import fs from 'node:fs'
import path from 'node:path'
import { parse } from 'yaml'
import { claimsFiles } from '../../../targets/claims-files.ts'
import { type Answers, NO_ANSWERS, parseAnswers } from '../../audit/answers.ts'
import { messageOf, UserError } from '../../support/assert.ts'
import { looksLikePath } from './reference.ts'
import { importUserModule } from './user-modules.ts'

/** In this order. */
const ENDINGS = ['.claims.yaml', '.claims.yml', '.claims.ts', '.claims.js']

const parsedYaml = (file: string): unknown => {
  try {
    return parse(fs.readFileSync(file, 'utf8'))
  } catch (error) {
    throw new UserError(`${file} is no YAML (${messageOf(error)}).`)
  }
}

/** Where those of a module are looked for. */
const claimsFilesOf = (module: string): readonly string[] => {
  const { dir, name } = path.parse(path.resolve(module))
  return ENDINGS.map((ending) => path.join(dir, `${name}${ending}`))
}

/**
 * @param target the name of a bundled target, or the path of a module
 * @throws UserError if there is one that cannot be read
 */
export const answersOf = async (target: string): Promise<Answers> => {
  if (!looksLikePath(target)) return parseAnswers(claimsFiles[target], `the claims file of ${target}`)
  const file = claimsFilesOf(target).find((each) => fs.existsSync(each))
  if (file === undefined) return NO_ANSWERS
  const content = /\.ya?ml$/.test(file) ? parsedYaml(file) : await importUserModule('claims file', file)
  return parseAnswers(content, file)
}
