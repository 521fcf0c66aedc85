/**
 * What tests need from the machine. A test that lacks something is skipped by name on a developer's machine. Under CI it
 * fails, since a skip there would hide that nothing was tested.
 */
import fs from 'node:fs'
import path from 'node:path'
import { describe, it } from 'vitest'

export const PROJECT_ROOT = path.resolve(import.meta.dirname, '../..')

/** CI servers set it to `true` or `1`. */
const onCi = !['', '0', 'false'].includes(process.env.CI ?? '')

/** Long forms: more seeds, more kills, larger oracles. */
export const isFull = process.env.FAULTLINE_FULL === '1'

/** The size for the short form of a test, or for the long form. */
export const sized = (short: number, full: number): number => (isFull ? full : short)

/**
 * `describe` if nothing is missing; else a skip that says what is missing, or a failure.
 *
 * @param isDemanded whether missing something is a failure; by default under CI
 */
export const describeWith = (
  missing: string | null,
  name: string,
  body: () => void,
  isDemanded = onCi,
): void => {
  if (missing === null) {
    describe(name, body)
    return
  }
  if (!isDemanded) {
    describe.skip(`${name} (needs ${missing})`, body)
    return
  }
  describe(name, () => {
    it('has what it needs', () => {
      throw new Error(`missing, and nothing may be skipped here: ${missing}`)
    })
  })
}

export const missingLinuxRoot = (): string | null => {
  if (process.platform !== 'linux') return 'Linux'
  return process.getuid?.() === 0 ? null : 'root'
}

/** What programs from registries need: the first of these tools that is not in the search path. */
export const missingTool = (...tools: readonly string[]): string | null =>
  tools.find(
    (tool) =>
      !(process.env.PATH ?? '').split(path.delimiter).some((dir) => fs.existsSync(path.join(dir, tool))),
  ) ?? null

/**
 * Histories of other projects with known verdicts, which are not ours to publish. If FAULTLINE_FIXTURES names their
 * folder, the tests require it. Otherwise the tests use a folder beside the project, or are skipped if there is none.
 */
const demanded = process.env.FAULTLINE_FIXTURES ?? ''
export const demandsFixtures = demanded !== ''
const FIXTURES = path.resolve(PROJECT_ROOT, demandsFixtures ? demanded : '../shared/fixtures')

export const missingFixtures = (): string | null =>
  fs.existsSync(FIXTURES) ? null : `the histories in ${FIXTURES}`

export const fixture = (name: string): string => fs.readFileSync(path.join(FIXTURES, name), 'utf8')
