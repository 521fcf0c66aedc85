/** The report as a reader sees it, in a real browser. */
import fs from 'node:fs'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWithBrowser, launchBrowser } from '../../checkers/porcupine-ts/testing/browser.ts'
import { PROJECT_ROOT } from '../testing/capabilities.ts'
import {
  duplicatedEffect,
  hostileRun,
  type Incident,
  largeCluster,
  nodesDied,
  shortRun,
  staleRead,
  transactionCycle,
  vacuousRun,
  validRun,
} from '../testing/incidents.ts'
import { type OpenedReport, openReport, placeOn, spanOf, textOf, whenReady } from '../testing/report-page.ts'

const AXE = fs.readFileSync(path.join(PROJECT_ROOT, 'node_modules/axe-core/axe.min.js'), 'utf8')

describeWithBrowser('report.html in Chromium', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser.close())

  const open = (incident: Incident, options: Parameters<typeof openReport>[2] = {}): Promise<OpenedReport> =>
    openReport(browser, incident, options)

  /** Serious violations of the rules for accessible pages. */
  const violations = async (page: Page): Promise<readonly string[]> => {
    await page.evaluate(AXE)
    return page.evaluate(async () => {
      const { axe } = window as unknown as {
        axe: {
          run(): Promise<{
            violations: { id: string; impact: string; nodes: { html: string }[] }[]
          }>
        }
      }
      const { violations: found } = await axe.run()
      return found
        .filter(({ impact }) => impact === 'serious' || impact === 'critical')
        .map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`)
    })
  }

  it.each([
    ['a valid run', validRun, 'valid'],
    ['a stale read', staleRead, 'invalid'],
    ['a transaction cycle', transactionCycle, 'invalid'],
    ['a duplicated effect', duplicatedEffect, 'invalid'],
    ['a vacuous run', vacuousRun, 'unknown'],
    ['nodes that died by themselves', nodesDied, 'invalid'],
  ] as const)(
    'of %s gives the answer first, requests nothing, and can be used by all',
    async (_, make, status) => {
      const incident = await make()
      for (const scheme of ['light', 'dark'] as const) {
        await using opened = await open(incident, { colorScheme: scheme })
        const { page, errors, requests } = opened
        expect(await textOf(page, '#status')).toBe(status)
        expect(await textOf(page, '#story')).toContain(incident.verdict.summary)
        const headings = await page.locator('h2').allTextContents()
        expect(headings.some((heading) => heading.startsWith('Counterexample'))).toBe(
          status === 'invalid' &&
            incident.verdict.verdicts.some(
              ({ status: s, evidence }) => s === 'invalid' && evidence.length > 0,
            ),
        )
        expect(await violations(page)).toEqual([])
        expect(errors).toEqual([])
        // Only the file itself.
        expect(requests).toHaveLength(1)
      }
    },
  )

  it('goes from the evidence to an operation, to what proved it, to a fault, and back', async () => {
    await using opened = await open(await staleRead())
    const { page } = opened
    const [from, to] = await spanOf(page)
    expect(from).toBeGreaterThan(2000)
    expect(to).toBeLessThan(6000)
    await page.click('#show-all')
    expect(await spanOf(page)).toEqual([0, expect.closeTo(9887, -2)])
    await page.fill('#filter', 'outcome:info')
    await page.press('#filter', 'Enter')
    expect(await textOf(page, '#shown')).toBe('1 of 300 operations match')
    await page.focus('canvas.lanes')
    // Down through the lanes to the only operation that is left: that of the client.
    for (let i = 0; i < 20 && !(await textOf(page, '#details')).startsWith('Operation'); i++)
      await page.keyboard.press('ArrowDown')
    expect(await textOf(page, '#details h3')).toMatch(/^Operation \d+: write, info$/)
    expect(await textOf(page, '#details')).toContain('it took effect: proved by')
    await page.fill('#filter', '')
    await page.press('#filter', 'Enter')
    await page.click('#details dd:has-text("proved by") a')
    await page.waitForFunction(() =>
      document.querySelector('#details h3')?.textContent?.includes(': read, ok'),
    )
    await page.goBack()
    await page.waitForFunction(() =>
      document.querySelector('#details h3')?.textContent?.includes(': write, info'),
    )
    await page.click('a[href="#fault=partition-1"]')
    // The address changes first.
    await page.waitForSelector('#details h3:text-is("Fault partition-1")')
    expect(await textOf(page, '#details')).toContain('n3 | n1 n2: 4 of 4 links cut')
  })

  it('goes from the step that broke the promise to what the nodes logged then, and to the line', async () => {
    await using opened = await open(await staleRead())
    const { page } = opened
    await page.click('#steps .unexplained a')
    await page.waitForSelector('#details h3:has-text(": read, ok")')
    expect(await textOf(page, '#details')).toContain('n3 lost its leader')
    await page.click('#details a[href="#line=n3%3A2"]')
    await page.waitForSelector('#details h3:text-is("Line n3:2 of the log, at 3.340000 s")')
    expect(await textOf(page, '.log-details')).toContain('n3')
    expect(await page.locator('.head', { hasText: /^n3$/ }).count()).toBe(2)
  })

  it('keeps what a reader looks at in its address', async () => {
    await using opened = await open(await staleRead(), { hash: '#op=100&from=1000&to=1500&filter=key%3A1' })
    const { page } = opened
    expect(await spanOf(page)).toEqual([1000, 1500])
    expect(await page.inputValue('#filter')).toBe('key:1')
    expect(await textOf(page, '#details h3')).toMatch(/^Operation 100: /)
    await page.click('#zoom-in')
    const zoomed = await spanOf(page)
    expect(zoomed).toEqual([1125, 1375])
    await page.waitForFunction(() => location.hash.includes('1125'))
    await page.reload()
    await whenReady(page)
    expect(await spanOf(page)).toEqual(zoomed)
    expect(await page.inputValue('#filter')).toBe('key:1')
    expect(await textOf(page, '#details h3')).toMatch(/^Operation 100: /)
  })

  it('can be moved by wheel, drag and keys', async () => {
    await using opened = await open(await validRun())
    const { page } = opened
    const box = await page.locator('canvas.lanes').boundingBox()
    if (box === null) throw new Error('no canvas')
    const whole = await spanOf(page)
    await page.mouse.move(box.x + 600, box.y + 100)
    await page.mouse.wheel(0, -400)
    const zoomed = await spanOf(page)
    expect(zoomed[1] - zoomed[0]).toBeLessThan(0.7 * (whole[1] - whole[0]))
    await page.mouse.down()
    await page.mouse.move(box.x + 500, box.y + 100, { steps: 5 })
    await page.mouse.up()
    const dragged = await spanOf(page)
    expect(dragged[0]).toBeGreaterThan(zoomed[0])
    expect(dragged[1] - dragged[0]).toBeCloseTo(zoomed[1] - zoomed[0])
    await page.focus('canvas.lanes')
    await page.keyboard.press('ArrowLeft')
    expect((await spanOf(page))[0]).toBeLessThan(dragged[0])
    await page.keyboard.press('Home')
    expect(await spanOf(page)).toEqual(whole)
    for (let i = 0; i < 60; i++) await page.keyboard.press('+')
    const [from, to] = await spanOf(page)
    expect(to - from).toBeLessThan(0.001)
  })

  it('folds groups of lanes and moves them, by keys', async () => {
    await using opened = await open(await validRun())
    const { page } = opened
    const groups = () => page.locator('.group .fold').allTextContents()
    expect(await groups()).toEqual([
      '▾ faults (1)',
      '▾ terms (1)',
      '▾ nodes (3)',
      '▾ clients (3)',
      '▾ throughput and latency (2)',
    ])
    await page.focus('.group:has-text("nodes") .up')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    expect((await groups())[0]).toBe('▾ nodes (3)')
    await page.keyboard.press('Enter')
    expect((await groups())[0]).toBe('▸ nodes (3)')
    expect(await page.locator('.head', { hasText: /^n1$/ }).count()).toBe(0)
  })

  it('shows clocks that jumped, processes that ended, and what the outside world saw', async () => {
    const tipAt = async (page: Page, laneId: string, timeMs: number, y: number): Promise<string> => {
      const place = await placeOn(page, laneId, timeMs, y)
      await page.mouse.move(place.x, place.y)
      await spanOf(page)
      return textOf(page, '.tip')
    }
    {
      await using died = await open(await nodesDied())
      await died.page.click('#show-all')
      expect(await tipAt(died.page, 'node n2', 6500, 0.9)).toContain('its clock is +60 s off')
      expect(await tipAt(died.page, 'node n1', 8900, 0.4)).toContain('ended by itself (exit code 3)')
      expect(await tipAt(died.page, 'node n3', 4000, 0.4)).toContain('no answer')
      expect(await textOf(died.page, 'body')).toContain('n1 out of file descriptors')
    }
    await using twice = await open(await duplicatedEffect())
    await twice.page.click('#show-all')
    expect(await tipAt(twice.page, 'effects sink', 530, 0.5)).toContain('sink #1 at 0.530 s: done')
  })

  it('is not changed by hostile text', async () => {
    await using opened = await open(await hostileRun())
    const { page, errors, requests } = opened
    await page.waitForTimeout(200)
    expect(await page.evaluate(() => (window as unknown as { hurt?: boolean }).hurt)).toBeUndefined()
    expect(await page.locator('main img, main iframe, main script').count()).toBe(0)
    expect(await page.locator('#page').count()).toBe(1)
    expect(errors).toEqual([])
    expect(requests).toHaveLength(1)
    // A line of a megabyte does not make the page wider.
    const [content, room] = await page.evaluate(() => [document.body.scrollWidth, innerWidth] as const)
    expect(content).toBeLessThanOrEqual(room)
  })

  it.each([0, 1])('of %i operations is drawn', async (count) => {
    await using opened = await open(await shortRun(count))
    const { page, errors } = opened
    expect(await textOf(page, '#shown')).toBe(`${count} operations`)
    expect(errors).toEqual([])
  })

  it('of 100 nodes has a lane for each, and scrolls', async () => {
    await using opened = await open(await largeCluster(100))
    const { page, errors } = opened
    expect(await page.locator('.group .fold', { hasText: 'nodes (100)' }).count()).toBe(1)
    const [content, room] = await page.evaluate(() => {
      const { scrollHeight, clientHeight } = document.querySelector('.scroller') as HTMLElement
      return [scrollHeight, clientHeight] as const
    })
    expect(content).toBeGreaterThan(100 * 30)
    expect(room).toBeLessThanOrEqual(0.7 * 1400 + 1)
    expect(errors).toEqual([])
  })
})
