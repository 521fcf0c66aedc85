import fs from 'node:fs'
import path from 'node:path'
import { execa } from 'execa'
import { describe, expect, it } from 'vitest'
import type { LogLevel } from '../api/log.ts'
import { temporaryFolder } from '../testing/command.ts'
import { HarnessLog, type HarnessLogOptions, type LogLine, lastErrorIn } from './harness-log.ts'

const open = (folder: string, parts: Partial<HarnessLogOptions> = {}): HarnessLog =>
  new HarnessLog({
    file: path.join(folder, 'harness.jsonl'),
    source: 'supervisor',
    level: 'info',
    faultline: '1.2.3',
    ...parts,
  })

const read = (folder: string): readonly (LogLine & Record<string, unknown>)[] =>
  fs
    .readFileSync(path.join(folder, 'harness.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line))

describe('harness.jsonl', () => {
  it('begins with a header, and each line is in the file at once', () => {
    using folder = temporaryFolder()
    const log = open(folder.path)
    log.info('run begins', { seed: 7, nodes: ['n1'] })
    const [header, line] = read(folder.path)
    expect(header).toEqual({ schema: 'faultline.log/1', faultline: '1.2.3' })
    expect(line).toEqual({
      level: 'info',
      time: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      source: 'supervisor',
      timeNs: null,
      seed: 7,
      nodes: ['n1'],
      event: 'run begins',
    })
    expect(Math.abs(Date.parse(line?.time ?? '') - Date.now())).toBeLessThan(60_000)
  })

  it.each<[LogLevel, readonly LogLevel[]]>([
    ['debug', ['debug', 'info', 'warn', 'error']],
    ['info', ['info', 'warn', 'error']],
    ['error', ['error']],
  ])('at level %s has %j', (level, expected) => {
    using folder = temporaryFolder()
    const log = open(folder.path, { level })
    for (const each of ['debug', 'info', 'warn', 'error'] as const) log[each]('x')
    expect(read(folder.path).flatMap((line) => line.level ?? [])).toEqual(expected)
  })

  it('has the time of the run from its start on, in both processes and at every level', () => {
    using folder = temporaryFolder()
    const supervisor = open(folder.path, { level: 'warn' })
    const controller = open(folder.path, { source: 'controller', level: 'warn' })
    supervisor.adoptClock()
    supervisor.warn('before')
    const startNs = process.hrtime.bigint() - 5_000_000_000n
    controller.startClock(startNs)
    controller.info('not written at this level')
    controller.warn('in')
    supervisor.adoptClock()
    supervisor.warn('after')
    const [, ...lines] = read(folder.path)
    expect(lines.map(({ source, event }) => `${source} ${event}`)).toEqual([
      'supervisor before',
      'controller clock started',
      'controller in',
      'supervisor after',
    ])
    expect(lines[0]?.timeNs).toBeNull()
    expect(lines[1]).toMatchObject({ monotonicNs: String(startNs) })
    const times = lines.slice(1).map(({ timeNs }) => Number(timeNs))
    expect(times[0]).toBeGreaterThanOrEqual(5e9)
    expect(times[0]).toBeLessThan(65e9)
    expect(times).toEqual([...times].sort((a, b) => a - b))
  })

  it('is shown as text on request', () => {
    using folder = temporaryFolder()
    const shown: string[] = []
    const log = open(folder.path, { show: (line) => shown.push(line) })
    log.debug('not at this level')
    log.startClock(process.hrtime.bigint())
    log.warn('fault failed', { id: 'kill-1', error: 'no such process' })
    expect(shown.at(-1)).toMatch(
      /^ +0\.\d{3} s warn {2}supervisor fault failed id="kill-1" error="no such process"$/,
    )
    expect(shown).toHaveLength(2)
  })

  it('tells the last error of the controller, for what a run says of its end', () => {
    using folder = temporaryFolder()
    const file = path.join(folder.path, 'harness.jsonl')
    const supervisor = open(folder.path)
    expect(lastErrorIn(file)).toBeNull()
    const controller = open(folder.path, { source: 'controller' })
    controller.error('the run failed', { error: 'first' })
    controller.error('an error that nobody caught', { error: 'Error: second\n    at a.ts' })
    controller.warn('fault failed', { error: 'a warning' })
    supervisor.error('controller ended', { code: 7 })
    fs.appendFileSync(file, '{"level":"error","source":"controller","err')
    expect(lastErrorIn(file)).toBe('Error: second\n    at a.ts')
  })

  it('keeps every line written before a SIGKILL', async () => {
    using folder = temporaryFolder()
    const script = `
      const { HarnessLog } = await import(${JSON.stringify(path.join(import.meta.dirname, 'harness-log.ts'))})
      const file = ${JSON.stringify(path.join(folder.path, 'harness.jsonl'))}
      const log = new HarnessLog({ file, source: 'controller', level: 'info', faultline: '1' })
      for (let i = 0; i < 500; i++) log.info('line', { i, padding: 'x'.repeat(300) })
      process.kill(process.pid, 'SIGKILL')`
    const { signal } = await execa(process.execPath, ['--input-type=module', '--eval', script], {
      reject: false,
    })
    expect(signal).toBe('SIGKILL')
    expect(read(folder.path).flatMap(({ i }) => i ?? [])).toEqual(Array.from({ length: 500 }, (_, i) => i))
  })
})
