/** A history from elsewhere, judged on the command line. */
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { faultline, temporaryFolder } from '../../testing/command.ts'

const STALE = [
  ['invoke', 0, 'write', { key: 1, value: 1 }],
  ['ok', 0, 'write', { key: 1, value: 1 }],
  ['invoke', 0, 'write', { key: 1, value: 2 }],
  ['ok', 0, 'write', { key: 1, value: 2 }],
  ['invoke', 1, 'read', { key: 1 }],
  ['ok', 1, 'read', { key: 1, value: 1 }],
].map(([type, process, f, value], index) =>
  JSON.stringify({ index, timeNs: index * 1e6, process, type, f, value }),
)

describe('faultline check of a history file', () => {
  it('stores the verdict and its page where --pages says, and nothing anywhere without it', async () => {
    using folder = temporaryFolder()
    const file = path.join(folder.path, 'stale.jsonl')
    fs.writeFileSync(file, `${STALE.join('\n')}\n`)
    const plain = await faultline(['check', file])
    expect(plain.exitCode).toBe(1)
    expect(fs.readdirSync(folder.path)).toEqual(['stale.jsonl'])
    const pages = path.join(folder.path, 'pages')
    const stored = await faultline(['check', file, '--pages', pages])
    expect(stored.exitCode).toBe(1)
    expect(stored.stdout).toContain(`interactive page: ${path.join(pages, 'linearizability-key-1.html')}`)
    expect(fs.readdirSync(pages).sort()).toEqual(['linearizability-key-1.html', 'verdict.json'])
    expect(fs.readFileSync(path.join(pages, 'verdict.json'), 'utf8')).not.toContain('<html')
  })
})
