/** The fastest entries of the corpus, each in a real cluster with one seed, beside its control. They need no fault. */
import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { describeWith, missingLinuxRoot } from '../../testing/capabilities.ts'
import { faultline, temporaryFolder } from '../../testing/command.ts'

const FASTEST = ['etcd-serializable-reads', 'postgres-lost-update', 'postgres-write-skew']

const cellsOf = (line: string): readonly string[] => line.split('|').map((cell) => cell.trim())

describeWith(missingLinuxRoot(), 'the corpus of known bugs', () => {
  it('demonstrates its fastest entries, and not with the options that cure them', async () => {
    using folder = temporaryFolder()
    const args = ['corpus', 'run', ...FASTEST, '--seeds', '1', '--controls', '--out', folder.path]
    const { exitCode, stdout, stderr } = await faultline(args)
    expect(exitCode, `${stdout}${stderr}`).toBe(0)
    const rows = stdout.split('\n').map(cellsOf)
    const told = FASTEST.map((id) =>
      rows.find(([, name]) => name === id)?.filter((_, at) => [3, 5, 6].includes(at)),
    )
    expect(told, stdout).toEqual(FASTEST.map(() => ['1 of 1', '1 of 1 valid', 'demonstrated']))
    expect(fs.existsSync(path.join(folder.path, 'suites', 'corpus'))).toBe(true)
  })
})
