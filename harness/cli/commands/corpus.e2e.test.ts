/**
 * Entries of the corpus that every run so far has shown, the fastest ones, each in a real cluster with one seed, beside its control.
 * They need neither Go nor Java nor Python.
 */
import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { describeWith, missingLinuxRoot } from '../../testing/capabilities.ts'
import { faultline, temporaryFolder } from '../../testing/command.ts'

const FASTEST = {
  'postgres-merge': 'found again',
  'postgres-write-skew': 'demonstrated',
  'redis-everysec': 'demonstrated',
}

const cellsOf = (line: string): readonly string[] => line.split('|').map((cell) => cell.trim())

describeWith(missingLinuxRoot(), 'the corpus of known bugs', () => {
  it('finds its fastest entries again, and not in the mended version or with the options that cure them', async () => {
    using folder = temporaryFolder()
    const args = [
      'corpus',
      'run',
      ...Object.keys(FASTEST),
      '--seeds',
      '1',
      '--controls',
      '--out',
      folder.path,
    ]
    const { exitCode, stdout, stderr } = await faultline(args)
    expect(exitCode, `${stdout}${stderr}`).toBe(0)
    const rows = stdout.split('\n').map(cellsOf)
    const told = Object.keys(FASTEST).map((id) =>
      rows.find(([, name]) => name === id)?.filter((_, at) => [3, 5, 6].includes(at)),
    )
    expect(told, stdout).toEqual(Object.values(FASTEST).map((outcome) => ['1 of 1', '1 of 1 valid', outcome]))
    expect(fs.existsSync(path.join(folder.path, 'suites', 'corpus'))).toBe(true)
  })
})
