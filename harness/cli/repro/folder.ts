/** Folders in that of a recorded run. */
import fs from 'node:fs'
import { messageOf, UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'

/** Makes it if it is not there. @returns it @throws UserError if nothing can be written there */
export const writableFolder = (dir: string): string => {
  try {
    fs.mkdirSync(dir, { recursive: true })
    fs.accessSync(dir, fs.constants.W_OK)
    return dir
  } catch (error) {
    throw new UserError(
      `${dir} cannot be written (${messageOf(error)}): copy the run to a place where it can.`,
      EXIT_CODES.harnessFailed,
    )
  }
}
