/** What a virtual machine's drives are made of: folders as ext4 or tar, without mounting anything. */
import crypto from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'
import { execa } from 'execa'
import { cacheDir } from '../../environments/packages.ts'
import { PROJECT_ROOT } from '../capabilities.ts'

const MIB = 2 ** 20
const SECTOR_BYTES = 512

/** Makes an ext4 image of a folder's content. */
export const makeExt4 = async (folder: string, file: string, mib: number): Promise<void> => {
  fs.writeFileSync(file, '')
  fs.truncateSync(file, mib * MIB)
  await execa('mke2fs', ['-q', '-t', 'ext4', '-d', folder, file])
}

/** Makes a tar of a folder's content, as long as a drive must be: whole sectors. */
export const makeTar = async (folder: string, file: string): Promise<void> => {
  await execa('tar', ['--create', '--file', file, '--directory', folder, '.'])
  fs.truncateSync(file, Math.ceil(fs.statSync(file).size / SECTOR_BYTES) * SECTOR_BYTES)
}

/** A drive that the machine writes a tar to. It takes no space until it is written. */
export const makeEmpty = (file: string, mib: number): void => {
  fs.writeFileSync(file, '')
  fs.truncateSync(file, mib * MIB)
}

export const keyOf = (recipe: unknown): string =>
  crypto.createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 16)

/** A folder in the user's cache that is made once: it has its name only when it is complete. */
export const cached = async (name: string, make: (folder: string) => Promise<void>): Promise<string> => {
  const folder = path.join(cacheDir(), 'machines', name)
  if (fs.existsSync(folder)) return folder
  const unfinished = `${folder}.${process.pid}`
  fs.mkdirSync(unfinished, { recursive: true })
  try {
    await make(unfinished)
    fs.renameSync(unfinished, folder)
  } catch (error) {
    // Another process may have made the same meanwhile.
    if (!fs.existsSync(folder)) throw error
  } finally {
    fs.rmSync(unfinished, { recursive: true, force: true })
  }
  return folder
}

const DEPENDENCIES_MIB = 700

/** The npm packages that faultline needs when it runs, as an ext4 image; kept for each lock file. */
export const dependenciesDrive = async (): Promise<string> => {
  const lock = fs.readFileSync(path.join(PROJECT_ROOT, 'package-lock.json'), 'utf8')
  const folder = await cached(`dependencies-${keyOf(lock)}`, async (made) => {
    const { stdout } = await execa('npm', ['ls', '--all', '--omit=dev', '--parseable'], {
      cwd: PROJECT_ROOT,
      reject: false,
    })
    const own = path.join(PROJECT_ROOT, 'node_modules')
    const packages = stdout
      .split('\n')
      .map((directory) => path.relative(own, directory))
      // Packages inside of others are copied with these.
      .filter((name) => !name.startsWith('..') && !name.includes('node_modules'))
    const content = path.join(made, 'content')
    fs.mkdirSync(content)
    for (const name of packages)
      fs.cpSync(path.join(own, name), path.join(content, name), { recursive: true, verbatimSymlinks: true })
    await makeExt4(content, path.join(made, 'drive'), DEPENDENCIES_MIB)
    fs.rmSync(content, { recursive: true })
  })
  return path.join(folder, 'drive')
}
