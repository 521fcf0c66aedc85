/** The report as a reader sees it, in a real browser. */
import path from 'node:path'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { launchBrowser } from '../../checkers/porcupine-ts/testing/browser.ts'
import { findProgram } from '../environments/packages.ts'
import { describeWith, missingLinuxRoot } from '../testing/capabilities.ts'
import { run, temporaryFolder } from '../testing/command.ts'

const missing =
  missingLinuxRoot() ?? (findProgram('chromium') === null ? "chromium (Debian's package)" : null)

describeWith(missing, 'report.html in Chromium', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser.close())

  it('shows the verdict, its explanation and the counterexample, and goes to the first error', async () => {
    using folder = temporaryFolder()
    const { verdict } = await run(folder.path, [
      'raft',
      '--env',
      'namespaces',
      '--bug',
      'stale-read',
      '-n',
      'partition',
      '--time-limit',
      '8s',
      '--seed',
      '2',
    ])
    const page = await browser.newPage({ viewport: { width: 1280, height: 1400 } })
    const errors: string[] = []
    const requests: string[] = []
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('request', (request) => requests.push(request.url()))
    await page.goto(`file://${path.resolve(verdict.reportFile)}`)
    expect(await page.textContent('#status')).toBe('invalid')
    expect(await page.textContent('#story')).toBe(verdict.summary)
    expect(await page.textContent('pre.evidence')).toContain('<-- cannot be placed')
    const text = (await page.textContent('body')) ?? ''
    for (const heading of ['Recovery', 'Coverage: operations by fault']) expect(text).toContain(heading)
    expect(await page.locator('canvas').count()).toBeGreaterThanOrEqual(3)
    await page.click('#first-error')
    await page.waitForTimeout(200)
    const span = await page.evaluate(() => {
      const { fromMs, toMs } = (document.querySelector('#timeline') as HTMLCanvasElement).dataset
      return [Number(fromMs), Number(toMs)]
    })
    expect((span[1] as number) - (span[0] as number)).toBeLessThan(8000)
    // The counterexample's operations have an outline in the focus colour: look for that colour among the pixels.
    const ringed = await page.evaluate(() => {
      const canvas = document.querySelector('#timeline') as HTMLCanvasElement
      const pixels = canvas.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
      const focus = getComputedStyle(document.documentElement).getPropertyValue('--focus').trim()
      const [r, g, b] = [1, 3, 5].map((at) => Number.parseInt(focus.slice(at, at + 2), 16))
      let count = 0
      for (let i = 0; i < pixels.length; i += 4)
        if (pixels[i] === r && pixels[i + 1] === g && pixels[i + 2] === b) count++
      return count
    })
    expect(ringed).toBeGreaterThan(20)
    await page.hover('#timeline', { position: { x: 400, y: 40 } })
    await page.click('#show-all')
    expect(errors).toEqual([])
    // Self-contained: only the file itself was requested.
    expect(requests).toHaveLength(1)
    // A page about the key that is not linearizable is linked.
    await page.click('a[href^="linearizability-key-"]')
    await page.waitForSelector('canvas[data-drawn]')
    expect(await page.textContent('#verdict')).toBe('illegal')
    expect(await page.textContent('#diagram')).toContain('<-- cannot be placed')
    expect(errors).toEqual([])
  })
})
