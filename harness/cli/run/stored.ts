/** Files that come after a verdict: where they cannot be written, that is said, and the verdict is printed all the same. */
import { messageOf } from '../../support/assert.ts'

/** Errors that are about the disk, and not about us. */
const OF_THE_DISK = ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EACCES', 'EPERM']

/** Returns null if the disk does not take it. */
export const tryToStore = async <T>(what: string, store: () => T | Promise<T>): Promise<T | null> => {
  try {
    return await store()
  } catch (error) {
    if (!OF_THE_DISK.includes((error as NodeJS.ErrnoException).code ?? '')) throw error
    process.stderr.write(`faultline: ${what} could not be written (${messageOf(error)}).\n`)
    return null
  }
}
