/** Packages of npm: npm downloads them, and tar unpacks them. None of their code is run. */
import fs from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import type { NpmPackage } from '../../api/programs.ts'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { integrityOfFile, requireChecksum } from './checksum.ts'
import type { ProgramKind } from './kind.ts'
import { askTool, runTool } from './tool.ts'

const LINKS = z.array(z.object({ source: z.string(), target: z.string() }))

const within = (folder: string, relative: string): string => {
  const full = path.resolve(folder, relative)
  if (full.startsWith(`${folder}${path.sep}`)) return full
  throw new UserError(
    `The package's list of links leads out of the package: ${relative}.`,
    EXIT_CODES.harnessFailed,
  )
}

const readLinks = (folder: string, list: string): z.infer<typeof LINKS> => {
  const file = path.join(folder, list)
  if (fs.existsSync(file)) return LINKS.parse(JSON.parse(fs.readFileSync(file, 'utf8')))
  throw new UserError(
    `The package has no file ${list}, which is to list its links.`,
    EXIT_CODES.harnessFailed,
  )
}

/** Relative, since the folder is moved to its place at last. */
const makeLinks = (folder: string, list: string): void => {
  for (const { source, target } of readLinks(folder, list)) {
    const link = within(folder, target)
    fs.mkdirSync(path.dirname(link), { recursive: true })
    fs.symlinkSync(path.relative(path.dirname(link), within(folder, source)), link)
  }
}

export const npm: ProgramKind<NpmPackage> = {
  registry: 'npm',
  nameOf: ({ release }) => release,
  lacks: async () =>
    (await askTool(['npm', '--version'])) === null ? 'it needs npm: apt-get install npm' : null,
  fetch: async ({ release, integrity, links }, folder, say) => {
    const download = path.join(folder, '.download')
    fs.mkdirSync(download)
    await runTool({ argv: ['npm', 'pack', '--silent', '--pack-destination', download, release], say })
    const sums: string[] = []
    for (const archive of fs.readdirSync(download)) {
      const found = integrityOfFile(path.join(download, archive))
      if (integrity !== undefined) requireChecksum(`${release} of npm`, found, [integrity])
      sums.push(`${found}  ${archive}`)
      const unpack = ['--extract', '--strip-components=1', '--no-same-owner', '--directory', folder] as const
      await runTool({ argv: ['tar', ...unpack, '--file', path.join(download, archive)], say })
    }
    fs.rmSync(download, { recursive: true })
    if (links !== undefined) makeLinks(folder, links)
    return sums
  },
  pathOf: ({ file }) => file,
}
