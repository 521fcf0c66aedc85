/**
 * Does to a directory what POSIX programs do: `node disk-workout.ts <directory>`. Prints one JSON line per step with its
 * result, content and attributes. Every file system must give the same lines.
 */
import { spawn } from 'node:child_process'
import crypto from 'node:crypto'
import fs from 'node:fs'
import path from 'node:path'

const base = process.argv[2] as string
const at = (...names: string[]): string => path.join(base, ...names)

const say = (step: string, result: unknown): void => {
  process.stdout.write(`${JSON.stringify([step, result])}\n`)
}

/** Prints the code of the error, or what the step returned. */
const attempt = (step: string, act: () => unknown): void => {
  try {
    say(step, act() ?? 'done')
  } catch (error) {
    say(step, (error as NodeJS.ErrnoException).code)
  }
}

const hash = (file: string): string =>
  crypto.createHash('sha256').update(fs.readFileSync(file)).digest('hex').slice(0, 16)

const look = (file: string): unknown => {
  const stat = fs.lstatSync(file)
  return {
    kind: stat.isDirectory() ? 'directory' : stat.isFile() ? 'file' : 'link',
    mode: (stat.mode & 0o7777).toString(8),
    size: stat.isDirectory() ? null : stat.size,
    links: stat.isDirectory() ? null : stat.nlink,
    owner: [stat.uid, stat.gid],
  }
}

const pattern = (bytes: number, seed: number): Buffer => {
  const buffer = Buffer.alloc(bytes)
  for (let i = 0, x = seed; i < bytes; i++) {
    x = (Math.imul(x, 1103515245) + 12345) & 0x7fffffff
    buffer[i] = x >>> 16
  }
  return buffer
}

const files = (): void => {
  attempt('create', () => fs.writeFileSync(at('a'), pattern(100_000, 1), { mode: 0o640 }))
  attempt('look', () => look(at('a')))
  attempt('hash', () => hash(at('a')))
  attempt('create exclusively', () => fs.openSync(at('a'), 'wx'))
  attempt('open missing', () => fs.openSync(at('missing'), 'r'))
  attempt('open below a file', () => fs.openSync(at('a', 'x'), 'r'))
  attempt('name too long', () => fs.writeFileSync(at('n'.repeat(300)), ''))
  attempt('overwrite in the middle', () => {
    const fd = fs.openSync(at('a'), 'r+')
    fs.writeSync(fd, pattern(9000, 2), 0, 9000, 50_001)
    fs.fsyncSync(fd)
    fs.closeSync(fd)
    return hash(at('a'))
  })
  attempt('append', () => {
    fs.appendFileSync(at('a'), pattern(4097, 3))
    return [hash(at('a')), look(at('a'))]
  })
  attempt('hole', () => {
    const fd = fs.openSync(at('hole'), 'w+')
    fs.writeSync(fd, Buffer.from('end'), 0, 3, 1_000_000)
    fs.closeSync(fd)
    return [hash(at('hole')), look(at('hole'))]
  })
  attempt('truncate shorter', () => {
    fs.truncateSync(at('a'), 12_345)
    return [hash(at('a')), look(at('a'))]
  })
  attempt('truncate longer', () => {
    fs.truncateSync(at('a'), 23_456)
    return [hash(at('a')), look(at('a'))]
  })
  attempt('open with truncation', () => {
    fs.writeFileSync(at('b'), 'long text')
    fs.writeFileSync(at('b'), 'short')
    return fs.readFileSync(at('b'), 'utf8')
  })
  attempt('chmod', () => {
    fs.chmodSync(at('b'), 0o604)
    return look(at('b'))
  })
  attempt('chown', () => {
    fs.chownSync(at('b'), 12, 34)
    return look(at('b'))
  })
  attempt('times', () => {
    fs.utimesSync(at('b'), 1_000_000.5, 2_000_000.25)
    const { atimeMs, mtimeMs } = fs.statSync(at('b'))
    return [atimeMs, mtimeMs]
  })
  attempt('write to one opened for reading', () => {
    const fd = fs.openSync(at('b'), 'r')
    try {
      fs.writeSync(fd, 'x')
    } finally {
      fs.closeSync(fd)
    }
  })
  attempt('big file', () => {
    fs.writeFileSync(at('big'), pattern(5_000_000, 4))
    return hash(at('big'))
  })
}

const names = (): void => {
  attempt('mkdir', () => fs.mkdirSync(at('d'), { mode: 0o750 }))
  attempt('look at it', () => look(at('d')))
  attempt('mkdir again', () => fs.mkdirSync(at('d')))
  attempt('rename', () => {
    fs.renameSync(at('b'), at('d', 'c'))
    return [fs.existsSync(at('b')), look(at('d', 'c'))]
  })
  attempt('rename over', () => {
    fs.writeFileSync(at('new'), 'new')
    fs.writeFileSync(at('old'), 'old')
    fs.renameSync(at('new'), at('old'))
    return [fs.readFileSync(at('old'), 'utf8'), fs.existsSync(at('new'))]
  })
  attempt('rename a missing one', () => fs.renameSync(at('nothing'), at('x')))
  attempt('rename a file over a directory', () => fs.renameSync(at('old'), at('d')))
  attempt('rename a directory over a file', () => fs.renameSync(at('d'), at('old')))
  attempt('rename a directory into itself', () => fs.renameSync(at('d'), at('d', 'e')))
  attempt('rmdir of a full one', () => fs.rmdirSync(at('d')))
  attempt('rmdir of a file', () => fs.rmdirSync(at('old')))
  attempt('unlink of a directory', () => fs.unlinkSync(at('d')))
  attempt('unlink of a missing one', () => fs.unlinkSync(at('nothing')))
  attempt('hard link', () => {
    fs.linkSync(at('old'), at('twin'))
    fs.appendFileSync(at('twin'), '!')
    return [fs.readFileSync(at('old'), 'utf8'), look(at('old'))]
  })
  attempt('rename over its own twin', () => {
    fs.renameSync(at('old'), at('twin'))
    return [fs.existsSync(at('old')), fs.existsSync(at('twin'))]
  })
  attempt('unlink one of two names', () => {
    fs.rmSync(at('twin'), { force: true })
    return [fs.readFileSync(at('old'), 'utf8'), look(at('old'))]
  })
  attempt('symbolic link', () => {
    fs.symlinkSync('old', at('soft'))
    return [fs.readlinkSync(at('soft')), fs.readFileSync(at('soft'), 'utf8'), look(at('soft'))]
  })
  attempt('read and write what is unlinked', () => {
    const fd = fs.openSync(at('gone'), 'w+')
    fs.unlinkSync(at('gone'))
    fs.writeSync(fd, 'still here')
    const text = Buffer.alloc(10)
    fs.readSync(fd, text, 0, 10, 0)
    const { nlink } = fs.fstatSync(fd)
    fs.closeSync(fd)
    return [text.toString(), nlink, fs.existsSync(at('gone'))]
  })
  attempt('create again under the name', () => {
    fs.writeFileSync(at('gone'), 'again')
    return fs.readFileSync(at('gone'), 'utf8')
  })
  attempt('move a tree', () => {
    fs.mkdirSync(at('tree', 'x', 'y'), { recursive: true })
    fs.writeFileSync(at('tree', 'x', 'y', 'leaf'), 'leaf')
    fs.renameSync(at('tree', 'x'), at('d', 'x'))
    return [fs.readFileSync(at('d', 'x', 'y', 'leaf'), 'utf8'), fs.readdirSync(at('tree'))]
  })
  attempt('remove a tree', () => {
    fs.rmSync(at('d'), { recursive: true })
    return fs.readdirSync(base).sort()
  })
}

const manyFiles = (): void => {
  const count = 3000
  attempt('large directory', () => {
    fs.mkdirSync(at('many'))
    for (let i = 0; i < count; i++) fs.writeFileSync(at('many', `file-${i}`), String(i))
    for (let i = 0; i < count; i += 3) fs.unlinkSync(at('many', `file-${i}`))
    for (let i = 1; i < count; i += 3) fs.renameSync(at('many', `file-${i}`), at('many', `moved-${i}`))
    const found = fs.readdirSync(at('many')).sort()
    const content = found.map((name) => fs.readFileSync(at('many', name), 'utf8')).join()
    return [found.length, crypto.createHash('sha256').update(content).digest('hex')]
  })
}

const writers = async (): Promise<void> => {
  const script = `
    const fs = require('node:fs'); const [, file, shared, me] = process.argv
    for (let i = 0; i < 300; i++) {
      const fd = fs.openSync(file, 'a'); fs.writeSync(fd, me + ':' + i + '\\n'); if (i % 10 === 0) fs.fsyncSync(fd); fs.closeSync(fd)
      fs.appendFileSync(shared, me + '\\n')
    }`
  const done = Array.from({ length: 8 }, (_, i) => {
    const child = spawn(process.execPath, ['-e', script, at(`writer-${i}`), at('shared'), String(i)], {
      stdio: 'inherit',
    })
    return new Promise((resolve) => child.on('exit', resolve))
  })
  say('8 writers', await Promise.all(done))
  say(
    'their files',
    Array.from({ length: 8 }, (_, i) => hash(at(`writer-${i}`))),
  )
  say('their common file', fs.readFileSync(at('shared'), 'utf8').trim().split('\n').sort().join('').length)
}

files()
names()
manyFiles()
await writers()
