import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { redis } from '../../../targets/redis/target.ts'
import { PROJECT_ROOT } from '../../testing/capabilities.ts'
import { temporaryFolder } from '../../testing/command.ts'
import { REGISTER } from '../../vocabularies/register.ts'
import { claimsOf } from './claims.ts'
import { defaultsOf } from './options.ts'
import { findTarget } from './registries.ts'

/** A module of a user's with a target that claims what Redis does, and a claims file beside it. */
const claimsWith = async (claimsFile: string) => {
  using folder = temporaryFolder()
  const file = path.join(folder.path, 'mine.ts')
  const bundled = path.join(PROJECT_ROOT, 'targets/redis/target.ts')
  fs.writeFileSync(file, `export { redis as default } from '${bundled}'\n`)
  fs.writeFileSync(path.join(folder.path, 'mine.claims.yaml'), claimsFile)
  const target = await findTarget(file)
  expect(target.launch).toBe(redis.launch)
  return claimsOf(target, defaultsOf(target.options), REGISTER)
}

describe('a claims file beside the module of a target', () => {
  const own = redis.claims(defaultsOf(redis.options), REGISTER)

  it('replaces the parts of the claims that it has, and leaves the others', async () => {
    const claims = await claimsWith('claims:\n  recoversWithinMs: 1234\n  tolerates: { kill: minority }\n')
    expect(claims).toEqual({ ...own, recoversWithinMs: 1234, tolerates: { kill: 'minority' } })
  })

  it('may say nothing of them', async () => {
    expect(await claimsWith('governance: { owner: us }\n')).toEqual(own)
  })

  it('is refused if it claims what there is not', async () => {
    await expect(claimsWith('claims: { tolerates: { kil: any } }\n')).rejects.toThrow(
      /claims kil: there is nothing of that name in tolerates\. Did you mean kill\?/,
    )
    await expect(claimsWith('claims: any\n')).rejects.toThrow(/mine\.claims\.yaml: claims: /)
  })
})
