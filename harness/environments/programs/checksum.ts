/** Checksums of what registries deliver. */
import crypto from 'node:crypto'
import fs from 'node:fs'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'

const hash = (algorithm: string, content: Buffer | string, encoding: 'hex' | 'base64'): string =>
  crypto.createHash(algorithm).update(content).digest(encoding)

export const sha256Of = (content: Buffer | string): string => hash('sha256', content, 'hex')

export const sha256OfFile = (file: string): string => sha256Of(fs.readFileSync(file))

/** As npm tells it. */
export const integrityOfFile = (file: string): string =>
  `sha512-${hash('sha512', fs.readFileSync(file), 'base64')}`

/** @throws UserError if it is not one of those that the target names */
export const requireChecksum = (what: string, found: string, expected: readonly string[]): void => {
  if (expected.includes(found)) return
  throw new UserError(
    `${what} is not what the target names, and is not used: its checksum is ${found}, and ${expected.join(' or ')} is expected. The registry may deliver something else, or the target may be wrong.`,
    EXIT_CODES.harnessFailed,
  )
}
