/** A history from elsewhere, judged on the command line. */
import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { faultline, temporaryFolder } from '../../testing/command.ts'
import { parseXml } from '../../testing/xml.ts'

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
    const kept = ['findings.json', 'linearizability-key-1.html', 'verdict.json', 'window.svg']
    expect(fs.readdirSync(pages).sort()).toEqual(kept)
    const findings = JSON.parse(fs.readFileSync(path.join(pages, 'findings.json'), 'utf8'))
    expect(findings).toMatchObject({ schema: 'faultline.findings/1', status: 'invalid' })
    expect(findings.findings).toMatchObject([{ checker: 'linearizability', firstAtNs: null }])
    expect(findings.headline).toContain('on key 1.')
    expect(fs.readFileSync(path.join(pages, 'verdict.json'), 'utf8')).not.toContain('<html')
  })

  it('prints the verdict for CI servers and pull requests, with the exit code of any format', async () => {
    using folder = temporaryFolder()
    const file = path.join(folder.path, 'stale.jsonl')
    fs.writeFileSync(file, `${STALE.join('\n')}\n`)
    const check = async (format: string): Promise<string> => {
      const { exitCode, stdout } = await faultline(['check', file, '--format', format])
      expect(exitCode).toBe(1)
      return stdout
    }
    const suite = parseXml(await check('junit')).children[0]
    expect(suite?.attributes).toMatchObject({ failures: '1', errors: '0' })
    const sarif = JSON.parse(await check('sarif'))
    expect(sarif.runs[0].results).toMatchObject([{ level: 'error' }])
    expect(sarif.runs[0].results[0].partialFingerprints['faultline/v1']).toMatch(/^[0-9a-f]{16}$/)
    const markdown = await check('markdown')
    expect(markdown).toMatch(/^## INVALID\n\nRead, write and cas of register were assumed linearizable/)
    expect(markdown).toContain(`faultline check ${file}`)
  })
})
