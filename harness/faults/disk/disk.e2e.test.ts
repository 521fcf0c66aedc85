/** Our disk compared with the raw one: the same bytes and errors. And what a power loss takes and leaves. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { execa } from 'execa'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { DirectoryDurability, DiskRule, NodeDisk, Survival } from '../../api/disk.ts'
import { obtainProgram } from '../../environments/programs/obtain.ts'
import { sleep, waitUntil } from '../../support/wait.ts'
import { describeWith, missingLinuxRoot, PROJECT_ROOT, sized } from '../../testing/capabilities.ts'
import { type DiskOptions, mountDisk } from './disk.ts'

/** Only a guard against hanging. */
const HANG_TIMEOUT_MS = 60_000
const WORKOUT = path.join(PROJECT_ROOT, 'harness/testing/disk-workout.ts')
const inC = (name: string): string => path.join(PROJECT_ROOT, `harness/testing/${name}.c`)
/** More files than the server may open. A third are removed, some of these while they are open. */
const MANY_FILES = sized(3000, 99_999)
const FEW_DESCRIPTORS = sized(300, 3000)
/** A guard against hanging only: the long form took 615 s beside other work. */
const MANY_TIMEOUT_MS = sized(600_000, 3_600_000)

describeWith(missingLinuxRoot(), 'the FUSE disk', () => {
  let directory: string
  let disk: NodeDisk
  /** By default no `sync` is noticed: others may call it while a test runs. */
  const mount = async (
    durability: DirectoryDurability = 'strict',
    more: Pick<DiskOptions, 'mostFiles' | 'noticesSync'> = {},
  ): Promise<void> => {
    disk = await mountDisk({
      noticesSync: false,
      ...more,
      directory,
      durability,
      seed: 1,
      cgroup: `faultline-test-disk-${process.pid}`,
      journal: { record: () => {} },
    })
  }
  beforeEach(() => {
    directory = fs.mkdtempSync(path.join('/var/tmp', 'faultline-disk-'))
  })
  afterEach(async () => {
    await disk[Symbol.asyncDispose]()
    expect(fs.readFileSync('/proc/self/mounts', 'latin1')).not.toContain(directory)
    fs.rmSync(directory, { recursive: true })
  })

  const onBoth = async (act: (where: string) => Promise<string>): Promise<void> => {
    const raw = path.join(directory, 'raw')
    fs.mkdirSync(raw)
    const expected = (await act(raw)).split('\n')
    expect((await act(disk.path)).split('\n')).toEqual(expected)
    expect(expected.length).toBeGreaterThan(5)
  }

  it('behaves like the raw disk in a POSIX workout: files, names, large directories, 8 concurrent writers', async () => {
    await mount()
    await onBoth(async (where) => (await execa(process.execPath, [WORKOUT, where])).stdout)
  })

  const compile = async (name: string): Promise<string> => {
    const binary = path.join(directory, name)
    await execa(await obtainProgram('gcc', 'gcc', () => {}), ['-w', '-o', binary, inC(name)])
    return binary
  }

  it.each([
    ['memory maps, locks, fallocate, positioned and direct I/O', 'disk-workout'],
    ['extended attributes, SEEK_DATA, exact times, setuid, what other users may do', 'disk-posix'],
    [
      'each kind of file renamed over each, links, what is removed and open, O_TMPFILE, deep trees',
      'disk-names',
    ],
  ])('and %s', async (_, name) => {
    await mount()
    const binary = await compile(name)
    await onBoth(async (where) => (await execa(binary, [where], { encoding: 'latin1' })).stdout)
  })

  /** Runs a script on the mount, in its own process. */
  const on = async (script: string): Promise<string> =>
    (
      await execa(process.execPath, [
        '-e',
        `const fs = require('node:fs'); process.chdir(${JSON.stringify(disk.path)}); const sync = (f) => { const d = fs.openSync(f, 'r'); fs.fsyncSync(d); fs.closeSync(d) }; ${script}`,
      ])
    ).stdout
  const inBacking = (name: string): string => fs.readFileSync(path.join(disk.backing, name), 'utf8')
  const namesInBacking = (): readonly string[] => fs.readdirSync(disk.backing).sort()

  it('loses what was not fsynced, and keeps what was', async () => {
    await mount()
    await on(
      `fs.writeFileSync('a', 'kept'); sync('a'); sync('.'); fs.appendFileSync('a', ' lost'); fs.writeFileSync('b', 'lost')`,
    )
    const lost = await disk.losePower('nothing', 1)
    expect(lost).toMatchObject({ files: 2, directoryOperations: 1 })
    expect(namesInBacking()).toEqual(['a'])
    expect(inBacking('a')).toBe('kept')
    expect(await on(`console.log(fs.readFileSync('a', 'utf8'), fs.readdirSync('.').join())`)).toBe('kept a')
  })

  it('a name is durable once its directory was fsynced (strict) or after any fsync (ext4)', async () => {
    await mount()
    await on(`fs.writeFileSync('a', 'x'); sync('a')`)
    await disk.losePower('nothing', 1)
    expect(namesInBacking()).toEqual([])
    await disk[Symbol.asyncDispose]()
    fs.rmSync(directory, { recursive: true })
    await mount('ext4')
    await on(`fs.writeFileSync('a', 'x'); sync('a'); fs.writeFileSync('b', 'x')`)
    await disk.losePower('nothing', 1)
    expect(namesInBacking()).toEqual(['a'])
  })

  it('restores what was unlinked, renamed over, renamed away, truncated or overwritten', async () => {
    await mount()
    await on(`
      for (const f of ['u', 'r', 's', 't', 'o']) { fs.writeFileSync(f, f.repeat(9000)); sync(f) }
      fs.mkdirSync('d'); fs.writeFileSync('d/x', 'x'); sync('d/x'); sync('d'); fs.linkSync('u', 'twin'); sync('.')
      fs.unlinkSync('u'); fs.renameSync('s', 'r'); fs.truncateSync('t', 10); fs.renameSync('d', 'e'); fs.writeFileSync('e/y', 'y')
      const fd = fs.openSync('o', 'r+'); fs.writeSync(fd, 'NEW', 0, 'utf8', 5000)`)
    await disk.losePower('nothing', 1)
    expect(namesInBacking()).toEqual(['d', 'o', 'r', 's', 't', 'twin', 'u'])
    for (const name of ['u', 'r', 's', 't', 'o']) expect(inBacking(name)).toBe(name.repeat(9000))
    expect(fs.readdirSync(path.join(disk.backing, 'd'))).toEqual(['x'])
    expect(fs.statSync(path.join(disk.backing, 'u')).nlink).toBe(2)
    expect(fs.readdirSync(path.join(directory, 'unlinked'))).toEqual([])
  })

  it("survival 'some' keeps pages chosen by the seed, 'all' keeps all and 'nothing' none", async () => {
    await mount()
    const survivors = async (survival: Survival, seed: number): Promise<string> => {
      await on(
        `fs.rmSync('f', { force: true }); fs.writeFileSync('f', 'o'.repeat(40 * 4096)); sync('f'); sync('.'); fs.writeFileSync('f', 'n'.repeat(40 * 4096), { flag: 'r+' })`,
      )
      await disk.losePower(survival, seed)
      const text = inBacking('f')
      expect(text.length).toBe(40 * 4096)
      return Array.from({ length: 40 }, (_, i) => text.slice(i * 4096, (i + 1) * 4096))
        .map((page) => {
          expect(new Set(page).size).toBe(1)
          return page[0]
        })
        .join('')
    }
    expect(await survivors('nothing', 1)).toBe('o'.repeat(40))
    expect(await survivors('all', 1)).toBe('n'.repeat(40))
    const some = await survivors('some', 1)
    expect(some).toMatch(/o.*n|n.*o/)
    expect(await survivors('some', 2)).not.toBe(some)
  })

  const rule = (change: Partial<DiskRule>): DiskRule => ({
    fault: 'disk-1',
    kinds: ['write'],
    effect: 'error',
    meanMs: 0,
    distribution: 'fixed',
    errno: 'EIO',
    probability: 1,
    paths: '',
    ...change,
  })

  it('fails, delays and tears operations by its rules, and counts them', async () => {
    await mount()
    const write = `try { fs.writeFileSync('f', 'x'.repeat(8000)); console.log('ok') } catch (e) { console.log(e.code) }; console.log(fs.statSync('f').size)`
    await disk.setRules('disk-1', [rule({})])
    expect(await on(write)).toBe('EIO\n0')
    await disk.setRules('disk-1', [rule({ errno: 'ENOSPC' })])
    expect(await on(write)).toBe('ENOSPC\n0')
    await disk.setRules('disk-1', [rule({ effect: 'torn' })])
    expect(await on(write)).toBe('EIO\n3584')
    await disk.setRules('disk-1', [rule({ effect: 'short' })])
    expect(await on(write)).toBe('ok\n8000')
    await disk.setRules('disk-1', [rule({ effect: 'delay', kinds: ['fsync'], meanMs: 300 })])
    const before = await disk.counts()
    await on(`sync('f')`)
    const after = await disk.counts()
    expect(after.fsync.delayed - before.fsync.delayed).toBe(1)
    expect(after.fsync.totalMs - before.fsync.totalMs).toBeGreaterThan(299)
    await disk.setRules('disk-1', [])
    expect(await on(write)).toBe('ok\n8000')
    expect((await disk.counts()).write.failed).toBeGreaterThanOrEqual(4)
  })

  it('a stall ends with its rule; a process that is killed during a stall dies', async () => {
    await mount()
    // In one directory, or on one file, the second would wait for a lock that the first holds in the kernel.
    await on(`fs.mkdirSync('first'); fs.mkdirSync('second')`)
    await disk.setRules('disk-1', [rule({ effect: 'stall' })])
    const hung = (directory: string): ReturnType<typeof spawn> =>
      spawn('sh', ['-c', `trap : USR1; echo x > ${disk.path}/${directory}/f`], { stdio: 'ignore' })
    const [first, second] = [hung('first'), hung('second')]
    const hangs = ({ pid }: { readonly pid?: number | undefined }): boolean =>
      fs.readFileSync(`/proc/${pid}/wchan`, 'latin1').includes('request_wait')
    expect(await waitUntil(() => hangs(first) && hangs(second), HANG_TIMEOUT_MS, 10)).toBe(true)
    // They wait from when they have asked, which is a moment before the disk has taken it.
    expect(await waitUntil(async () => (await disk.held('disk-1')) === 2, HANG_TIMEOUT_MS, 5)).toBe(true)
    expect(await disk.held('disk-2')).toBe(0)
    // A signal that is handled or ignored must not fail an operation: no real disk does that.
    second.kill('SIGUSR1')
    await sleep(100)
    expect(second.exitCode).toBeNull()
    first.kill('SIGKILL')
    expect((await once(first, 'exit'))[1]).toBe('SIGKILL')
    await disk.setRules('disk-1', [])
    expect((await once(second, 'exit'))[0]).toBe(0)
  })

  it('damages the most recently written file: one bit, or its end', async () => {
    await mount()
    await on(`fs.writeFileSync('log', 'x'.repeat(1000)); fs.writeFileSync('other', 'x')`)
    expect(await disk.damage({ file: '^log$', how: 'bit-flip', seed: 3 })).toMatch(
      /^bit \d of byte \d+ of log flipped$/,
    )
    expect([...inBacking('log')].filter((c) => c !== 'x')).toHaveLength(1)
    expect(await disk.damage({ file: '^log$', how: 'truncate', seed: 3 })).toMatch(
      /^log cut from 1000 to \d+ bytes$/,
    )
    expect(await disk.damage({ file: 'nothing', how: 'truncate', seed: 3 })).toBeNull()
  })

  it('names are bytes: two that are no UTF-8 are two files, listed, linked to, renamed and removed as on the raw disk', async () => {
    await mount()
    const script = `
      const name = (byte) => Buffer.from([0x63, byte])
      const list = () => console.log(fs.readdirSync('.', { encoding: 'buffer' }).map((n) => n.toString('hex')).sort().join(' '))
      fs.writeFileSync(name(0xe9), 'first'); fs.writeFileSync(name(0xe8), 'second'); list()
      fs.symlinkSync(name(0xe9), 'link'); console.log(fs.readFileSync('link', 'utf8'), fs.readlinkSync('link', 'buffer').toString('hex'))
      fs.renameSync(name(0xe8), name(0xff)); list(); console.log(fs.readFileSync(name(0xff), 'utf8'))
      fs.mkdirSync(name(0xfe)); fs.writeFileSync(Buffer.concat([name(0xfe), Buffer.from('/'), name(0xe9)]), 'third'); list()
      fs.rmSync(name(0xe9)); list(); fs.writeFileSync('\u00e9', 'fourth'); list()`
    await onBoth(
      async (where) =>
        (
          await execa(process.execPath, [
            '-e',
            `const fs = require('node:fs'); process.chdir(${JSON.stringify(where)}); ${script}`,
          ])
        ).stdout,
    )
  })

  it('sockets, FIFOs, holes, exchanged names and setgid directories are as on the raw disk, and a power loss takes them', async () => {
    await mount('ext4')
    const binary = await compile('disk-rarely')
    await onBoth(async (where) => (await execa(binary, [where])).stdout)
    await on(`fs.writeFileSync('a', 'A'); fs.writeFileSync('b', 'B'); sync('a'); sync('b')`)
    await execa(binary, ['--exchange', path.join(disk.path, 'a'), path.join(disk.path, 'b')])
    expect([inBacking('a'), inBacking('b')]).toEqual(['B', 'A'])
    await disk.losePower('nothing', 1)
    expect([inBacking('a'), inBacking('b')]).toEqual(['A', 'B'])
  })

  it('a full disk refuses what needs space, and what is freed can be used again', async () => {
    await mount()
    await on(`
      const page = 'x'.repeat(4096); for (const f of ['old', 'ballast', 'held']) fs.writeFileSync(f, page.repeat(3)); fs.mkdirSync('empty')
      fs.writeFileSync('sparse', ''); fs.truncateSync('sparse', 4096 * 9); fs.writeFileSync('reserved', '')`)
    await execa('fallocate', ['--keep-size', '--length', '8192', path.join(disk.path, 'reserved')])
    await disk.setRules('disk-1', [rule({ kinds: ['write', 'metadata'], effect: 'full', errno: 'ENOSPC' })])
    const steps: readonly (readonly [what: string, becomes: string, freePages: number])[] = [
      ["fs.writeFileSync('new', 'x')", 'ENOSPC', 0],
      ["fs.statSync('new').size", '0', 0],
      ["fs.mkdirSync('d')", 'ENOSPC', 0],
      ["fs.appendFileSync('old', 'x')", 'ENOSPC', 0],
      ["fs.writeSync(fs.openSync('sparse', 'r+'), 'x', 5000)", 'ENOSPC', 0],
      ["fs.writeSync(fs.openSync('old', 'r+'), 'y', 0)", '1', 0],
      ["fs.appendFileSync('reserved', page.repeat(2))", 'ok', 0],
      ["fs.renameSync('old', 'renamed')", 'ok', 0],
      ["fs.chmodSync('renamed', 0o600)", 'ok', 0],
      ["fs.symlinkSync('renamed', 'link')", 'ok', 0],
      ["fs.truncateSync('renamed', 10)", 'ok', 2],
      ["fs.unlinkSync('ballast')", 'ok', 5],
      ["fs.rmdirSync('empty')", 'ok', 6],
      ["held = fs.openSync('held', 'r'); fs.unlinkSync('held')", 'ok', 6],
      ['fs.closeSync(held)', 'ok', 9],
      ["fs.mkdirSync('d')", 'ok', 8],
      ["fs.writeFileSync('new', page.repeat(6))", 'ok', 2],
      // As much as fits, as ext4 does.
      ["fs.writeSync(fs.openSync('more', 'w'), page.repeat(3))", '8192', 0],
      ["fs.appendFileSync('more', 'x')", 'ENOSPC', 0],
      ["fs.linkSync('new', 'twin'); fs.unlinkSync('new')", 'ok', 0],
      ["fs.unlinkSync('twin')", 'ok', 6],
    ]
    // The write that is cut short counts as well. Some kernels ask again for its rest.
    const failing =
      steps.filter(([what, becomes]) => becomes === 'ENOSPC' && !what.includes('mkdir')).length + 1
    const script = steps.map(
      ([what]) =>
        `try { r = (() => { ${what.includes(';') || /= /.test(what) ? what : `return ${what}`} })() ?? 'ok' } catch (e) { r = e.code }; console.log(r, fs.statfsSync('.').bavail)`,
    )
    const said = await on(`const page = 'x'.repeat(4096); let r, held; ${script.join('\n')}`)
    expect(said.split('\n')).toEqual(steps.map(([, becomes, free]) => `${becomes} ${free}`))
    expect((await disk.counts()).write.failed).toBeGreaterThanOrEqual(failing)
    await disk.setRules('disk-1', [])
    expect(Number(await on(`console.log(fs.statfsSync('.').bavail)`))).toBeGreaterThan(1000)
  })

  it(
    'more files than its server may open: all can be listed, read, renamed, removed, and lose power',
    async () => {
      await mount('strict', { mostFiles: FEW_DESCRIPTORS })
      expect(
        await on(`
      const list = (of) => fs.readdirSync('many').filter((name) => name.startsWith(of)).length, n = ${MANY_FILES}
      fs.mkdirSync('many'); fs.mkdirSync('dirs'); const fds = []
      for (let i = 0; i < n; i++) { fs.writeFileSync('many/f' + i, String(i)); fs.mkdirSync('dirs/d' + i) }
      for (let i = 0; i < n; i += 3) { fs.renameSync('many/f' + i, 'dirs/d' + i + '/g'); fs.renameSync('dirs/d' + i, 'many/d' + i) }
      for (let i = 1; i < n; i += 3) { if (i % 60 === 1) fds.push(fs.openSync('many/f' + i, 'r+')); fs.unlinkSync('many/f' + i) }
      let sum = 0
      for (let i = 0; i < n; i++) if (i % 3 !== 1) sum += Number(fs.readFileSync(i % 3 === 0 ? 'many/d' + i + '/g' : 'many/f' + i)) === i
      for (let i = 0; i < n; i += 3) fs.writeFileSync('many/d' + i + '/h', 'x')
      sync('many'); for (const fd of fds) { fs.writeSync(fd, 'held'); sum += fs.fstatSync(fd).nlink }
      console.log(list('f'), list('d'), sum)`),
      ).toBe(`${MANY_FILES / 3} ${MANY_FILES / 3} ${(MANY_FILES * 2) / 3}`)
      // What was removed and closed is lost to nobody.
      expect((await disk.losePower('nothing', 1)).files).toBe(MANY_FILES)
      expect(fs.readdirSync(path.join(directory, 'unlinked'))).toEqual([])
    },
    MANY_TIMEOUT_MS,
  )

  it.each([
    ['syncfs', ['sync', '-f', '.']],
    ['sync', ['sync']],
  ])(
    'what %s made durable survives, and nothing is lost for want of descriptors',
    async (_, [program = '', ...its]) => {
      await mount('strict', { mostFiles: FEW_DESCRIPTORS, noticesSync: true })
      await on(
        `for (let i = 0; i < ${MANY_FILES / 3}; i++) { fs.mkdirSync('d' + i); fs.writeFileSync('d' + i + '/x', 'x') }`,
      )
      await execa(program, its, { cwd: disk.path })
      expect(await disk.losePower('nothing', 1)).toMatchObject({ files: 0, directoryOperations: 0 })
      expect(namesInBacking()).toHaveLength(MANY_FILES / 3)
    },
  )

  it('only files that match the paths of a rule fail, and only they lose what they had not fsynced', async () => {
    await mount('ext4')
    await on(`fs.mkdirSync('wal'); for (const f of ['wal/1', 'db']) { fs.writeFileSync(f, 'old'); sync(f) }`)
    await disk.setRules('disk-1', [rule({ paths: 'wal/*' })])
    const write = (file: string): string =>
      `try { fs.writeSync(fs.openSync('${file}', 'r+'), 'new'); console.log('ok') } catch (e) { console.log(e.code) };`
    expect(await on(write('wal/1') + write('db') + write('wal/1'))).toBe('EIO\nok\nEIO')
    await disk.setRules('disk-1', [rule({ paths: 'wal/*', kinds: ['metadata'] })])
    const rename = (from: string, to: string): string =>
      `try { fs.renameSync('${from}', '${to}'); console.log('ok') } catch (e) { console.log(e.code) };`
    expect(await on(rename('wal/1', 'x') + rename('db', 'wal/db') + rename('db', 'data'))).toBe(
      'EIO\nEIO\nok',
    )
    await disk.setRules('disk-1', [])
    await on(
      `${write('wal/1')} fs.writeFileSync('wal/2', 'new'); fs.writeFileSync('other', 'new'); fs.renameSync('wal/1', 'wal/3')`,
    )
    expect(await disk.losePower('nothing', 1, 'wal/**')).toMatchObject({ files: 2, directoryOperations: 2 })
    expect(namesInBacking()).toEqual(['data', 'other', 'wal'])
    expect([inBacking('wal/1'), inBacking('data'), inBacking('other')]).toEqual(['old', 'new', 'new'])
  })

  it('a sparse file of 100 GiB loses power like any other: what was written and not fsynced', async () => {
    await mount()
    await on(`fs.writeFileSync('map', ''); fs.truncateSync('map', 100 * 2 ** 30); const d = fs.openSync('map', 'r+')
      fs.writeSync(d, 'kept', 50 * 2 ** 30); fs.fsyncSync(d); sync('.'); fs.writeSync(d, 'lost', 70 * 2 ** 30); fs.ftruncateSync(d, 200 * 2 ** 30)`)
    expect(await disk.losePower('nothing', 1)).toMatchObject({ bytes: 4096, pages: 1, files: 1 })
    const at = (gib: number): string =>
      `const b = Buffer.alloc(4); fs.readSync(fs.openSync('map', 'r'), b, 0, 4, ${gib} * 2 ** 30); console.log(fs.statSync('map').size / 2 ** 30, b.toString())`
    expect(await on(at(50))).toBe('100 kept')
    expect(await on(at(70))).toBe('100 \0\0\0\0')
  })
})
