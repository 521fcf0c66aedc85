import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { logs as logsChecker } from '../../../checkers/cluster/logs.ts'
import { logNotes, readLogs } from '../../store/node-logs.ts'
import { temporaryFolder } from '../../testing/command.ts'
import { rememberingLog } from '../../testing/logs.ts'
import { LogLimiter, type LogLimits } from './log-limit.ts'
import { tellingBy } from './log-telling.ts'

const LIMITS: LogLimits = { firstBytes: 2 ** 16, lastBytes: 2 ** 18, stepBytes: 2 ** 17 }
const MOST_BYTES = 2 ** 16 + 2 ** 18 + 2 ** 17

const watched = (dir: string, limits = LIMITS) => {
  fs.mkdirSync(path.join(dir, 'nodes', 'n1'), { recursive: true })
  const log = rememberingLog()
  const telling = tellingBy([logsChecker], { neverPanics: true } as never)
  const limiter = new LogLimiter({ dir, nodes: 'nodes', faultline: '1', telling, log, limits })
  return { limiter, log, file: path.join(dir, 'nodes', 'n1', 'server.log') }
}

const lineOf = (i: number): string =>
  i % 5000 === 77 ? `panic: line ${i}` : `line ${i} ${'.'.repeat(i % 90)}`

/** Writes as a program does: at the end of a file that it holds open. */
const write = async (
  file: string,
  lines: number,
  each: () => void = () => {},
): Promise<readonly string[]> => {
  const fd = fs.openSync(file, 'a')
  const written = Array.from({ length: lines }, (_, i) => lineOf(i))
  for (let at = 0; at < lines; at += 2000) {
    fs.writeSync(
      fd,
      written
        .slice(at, at + 2000)
        .map((line) => `${line}\n`)
        .join(''),
    )
    each()
    await new Promise((resolve) => setTimeout(resolve, 60))
  }
  fs.closeSync(fd)
  return written
}

const onDisk = (file: string): number => fs.statSync(file).blocks * 512

describe('a log without end', () => {
  it('keeps its first and last lines, and loses none that a checker has something to say of', async () => {
    using folder = temporaryFolder()
    const { limiter, log, file } = watched(folder.path)
    let worst = 0
    const lines = await write(file, 100_000, () => {
      worst = Math.max(worst, onDisk(file))
    })
    // It may look only once while this is written, but then it takes out all that is too much.
    const sizes = lines.reduce((sum, line) => sum + line.length + 1, 0)
    expect(worst).toBeLessThan(sizes)
    await limiter.close()

    const kept = fs.readFileSync(file, 'utf8').trimEnd().split('\n')
    expect(fs.statSync(file).size).toBeLessThan(MOST_BYTES + 1000)
    const place = kept.findIndex((line) => line.startsWith('[faultline: '))
    const [, bytes, count] = /^\[faultline: (\d+) bytes \((\d+) lines\)/.exec(kept[place] ?? '') ?? []
    const first = kept.slice(0, place)
    expect(first).toEqual(lines.slice(0, place))
    const from = lines.length - lines.toReversed().findIndex((line, i) => line !== kept.at(-1 - i))
    const middle = lines.slice(place, from)
    expect(middle.length).toBe(Number(count))
    expect(middle.reduce((sum, line) => sum + line.length + 1, 0)).toBe(Number(bytes))
    expect(kept.slice(place + 1, kept.length - (lines.length - from))).toEqual(
      middle.filter((line) => line.startsWith('panic')),
    )
    expect(log.lines.filter(({ level }) => level === 'warn')).toEqual([])
  })

  it('is read with every line of which there is something to say, and it is told what is left out', async () => {
    using folder = temporaryFolder()
    const { limiter, file } = watched(folder.path)
    const lines = await write(file, 40_000)
    await limiter.close()
    const [log] = readLogs(folder.path, 'nodes') ?? []
    const panics = lines.filter((line) => line.startsWith('panic'))
    const read = log?.text.trimEnd().split('\n') ?? []
    expect(panics.length).toBe(8)
    expect(read.filter((line) => line.startsWith('panic'))).toEqual(panics)
    expect(log?.leftOutBytes).toBeGreaterThan(1e6)
    expect(read.at(-1)).toBe(lines.at(-1))
    expect(logNotes(folder.path)).toEqual([expect.stringContaining('the log server.log of n1 is long: ')])
  })

  it('is read so while the cluster stands, too', async () => {
    using folder = temporaryFolder()
    const { limiter, file } = watched(folder.path, { ...LIMITS, stepBytes: 1e9 })
    const lines = await write(file, 40_000)
    await limiter.look()
    const [log] = readLogs(folder.path, 'nodes') ?? []
    const panics = lines.filter((line) => line.startsWith('panic'))
    expect(log?.text.split('\n').filter((line) => line.startsWith('panic'))).toEqual(panics)
    await limiter.close()
    expect(fs.readFileSync(file, 'utf8')).toBe(`${lines.join('\n')}\n`)
  })

  it('leaves a short one as it is', async () => {
    using folder = temporaryFolder()
    const { limiter, file } = watched(folder.path)
    const lines = await write(file, 2000)
    await limiter.close()
    expect(readLogs(folder.path, 'nodes')).toEqual([{ node: 'n1', text: `${lines.join('\n')}\n` }])
    expect(logNotes(folder.path)).toEqual([])
  })
})
