/** The package as its users get it: packed, and used from Node and in a browser. */
import { execFileSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { describeWithBrowser, launchBrowser } from './testing/browser.ts'

let folder = ''
let installed = ''

beforeAll(() => {
  folder = fs.mkdtempSync(path.join(os.tmpdir(), 'porcupine-package-'))
  const pack = ['pack', '--silent', '--pack-destination', folder]
  const tarball = execFileSync('npm', pack, { cwd: import.meta.dirname, encoding: 'utf8' }).trim()
  installed = path.join(folder, 'node_modules/porcupine-ts')
  fs.mkdirSync(installed, { recursive: true })
  const unpack = ['-xzf', path.join(folder, tarball), '-C', installed, '--strip-components=1']
  execFileSync('tar', unpack)
})
afterAll(() => fs.rmSync(folder, { recursive: true, force: true }))

const STALE = `[
  { client: 0, call: 0, return: 1, input: { f: 'write', key: 0, value: 1 }, output: { applied: true } },
  { client: 1, call: 2, return: 3, input: { f: 'read', key: 0 }, output: { value: null } },
]`

describe('the package', () => {
  it('holds its README and what it needs, and neither tests nor the sources', () => {
    const files = fs.readdirSync(installed, { recursive: true }).map(String)
    expect(files).toContain('README.md')
    expect(files).toContain('dist/check.js')
    expect(files).toContain('dist/check.d.ts')
    expect(files.filter((file) => /test|testing|bench|(?<!\.d)\.ts$/.test(file))).toEqual([])
    const { dependencies } = JSON.parse(fs.readFileSync(path.join(installed, 'package.json'), 'utf8')) as {
      dependencies?: unknown
    }
    expect(dependencies).toBeUndefined()
  })

  it('checks in Node, on worker threads too, and draws a page', () => {
    const script = `
      import { check } from 'porcupine-ts'
      import { drawPage } from 'porcupine-ts/evidence/page/page'
      import { casRegister } from 'porcupine-ts/models/register'
      import { checkParallel } from 'porcupine-ts/parallel/check-parallel'
      const history = ${STALE}
      const module = import.meta.resolve('porcupine-ts/models/register')
      const alone = check(casRegister(null), history)
      const together = await checkParallel({ module, name: 'casRegister', args: [null] }, history)
      const page = await drawPage(casRegister(null), history, alone)
      console.log(alone.verdict, alone.blocked, together.verdict, together.blocked, page.includes('class Viewer'))
    `
    fs.writeFileSync(path.join(folder, 'use.mjs'), script)
    const said = execFileSync(process.execPath, ['use.mjs'], { cwd: folder, encoding: 'utf8' })
    expect(said.trim()).toBe('illegal 1 illegal 1 true')
  })
})

describeWithBrowser('the package in a browser', () => {
  it('checks by itself: no bundler, nothing of Node', async () => {
    await using browser = await launchBrowser()
    const page = await browser.newPage()
    await page.route('http://localhost/**', (route) => {
      const file = path.join(installed, new URL(route.request().url()).pathname)
      if (!fs.existsSync(file) || fs.statSync(file).isDirectory())
        return route.fulfill({ contentType: 'text/html', body: '<p></p>' })
      return route.fulfill({ contentType: 'text/javascript', body: fs.readFileSync(file, 'utf8') })
    })
    await page.goto('http://localhost/')
    const verdict = await page.evaluate(`(async () => {
      const { check } = await import('/dist/check.js')
      const { casRegister } = await import('/dist/models/register.js')
      const { verdict, blocked } = check(casRegister(null), ${STALE})
      return verdict + ' ' + blocked
    })()`)
    expect(verdict).toBe('illegal 1')
  })
})
