/** The list of log lines in a real browser: 200,000 lines of five nodes. */
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { describeWithBrowser, launchBrowser } from '../../../checkers/porcupine-ts/testing/browser.ts'
import { alignLogs } from '../logs/align.ts'
import { encodeLines } from '../logs/encode.ts'
import type { PageLog } from '../logs/page-log.ts'
import { LOGS_STYLE } from '../style.ts'
import type { LogsView } from './logs.ts'

declare global {
  interface Window {
    logs: LogsView
    isHurt: boolean | undefined
  }
}

const NODES = ['n1', 'n2', 'n3', 'n4', 'n5']
const LINES_EACH = 40_000
const START = '2026-11-27T15:00:00.000Z'
const HOSTILE = '<img src=x onerror="window.isHurt=true"></script><script>window.isHurt=true</script>'

const logOf = (node: string, n: number): string =>
  [...Array(LINES_EACH).keys()]
    .map((i) => {
      const at = new Date(Date.parse(START) + i * 5 + n).toISOString()
      if (i === 100) return `${at} ERROR ${HOSTILE}\n\tat Object.write (node:fs:1)`
      return `${at} ${i % 50 === 0 ? 'WARN slow' : 'INFO'} ${node} appended entry ${i} in term 3`
    })
    .join('\n')

const pageLog = (): PageLog => {
  const { lines, files, notes } = alignLogs(
    {
      logs: NODES.map((node, n) => ({ node, text: logOf(node, n) })),
      facts: {
        startedAt: START,
        endedAt: '2026-11-27T15:03:21.000Z',
        zeroAt: START,
        versions: {},
        leaderChanges: [],
        eventLoopDelayMs: { p50: 0, p99: 0, max: 0 },
        recovery: null,
        aborted: null,
      },
      samples: [],
      history: [],
      faults: [],
    },
    0,
  )
  // All but a thousand: there are omissions, far from these times.
  const limits = { interestingNs: [0, 100e9, 200e9], mostLines: 199_000, mostCharacters: 1e9 }
  return { ...encodeLines(lines, limits), files, notes }
}

const htmlOf = async (log: PageLog): Promise<string> => {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { mountLogs } from './logs.ts'
        const log = JSON.parse(document.getElementById('data').textContent)
        window.logs = mountLogs(document.getElementById('page'), log)`,
      resolveDir: import.meta.dirname,
      loader: 'ts',
    },
    bundle: true,
    write: false,
    format: 'iife',
    target: 'es2022',
  })
  return `<!doctype html><html lang="en"><meta charset="utf-8"><style>${LOGS_STYLE}</style><main id="page"></main>
    <script type="application/json" id="data">${JSON.stringify(log).replaceAll('<', '\\u003c')}</script>
    <script>${outputFiles[0]?.text}</script></html>`
}

describeWithBrowser('the logs in Chromium', () => {
  let browser: Browser
  let html: string
  let page: Page
  const errors: string[] = []
  beforeAll(async () => {
    browser = await launchBrowser()
    html = await htmlOf(pageLog())
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    errors.length = 0
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    page.on('pageerror', (error) => errors.push(error.message))
    await page.setContent(html)
    await page.waitForSelector('.log-row')
  })
  afterEach(async () => {
    expect(errors).toEqual([])
    await page.close()
  })

  /** The list is drawn in the frame after it was asked for. */
  const untilActive = async (text: string): Promise<void> => {
    await page.waitForFunction((wanted) => {
      const id = document.querySelector('.log-list')?.getAttribute('aria-activedescendant')
      return id !== null && id !== undefined && document.getElementById(id)?.textContent?.includes(wanted)
    }, text)
  }

  it('are few elements at a time, and scroll to the end', async () => {
    expect(await page.locator('.log-row').count()).toBeLessThan(100)
    const list = page.locator('.log-list')
    await list.focus()
    await page.keyboard.press('End')
    await page.waitForFunction(() => document.body.textContent?.includes('appended entry 39999'))
    expect(await page.locator('.log-row').count()).toBeLessThan(100)
    const count = Number(await page.locator('.log-row').first().getAttribute('aria-setsize'))
    expect(count).toBeGreaterThan(199_000)
  })

  it('are searched: count, next, previous, regular expressions and what is wrong with them', async () => {
    const search = page.getByLabel('search in the logs')
    await search.fill('ENTRY 39999')
    await page.waitForFunction(() => document.querySelector('[role=status]')?.textContent === '1 of 5')
    await untilActive('n1 appended entry 39999')
    await search.press('Enter')
    await page.waitForFunction(() => document.querySelector('[role=status]')?.textContent === '2 of 5')
    await untilActive('n2 appended entry 39999')
    await page.getByLabel('previous match').click()
    await page.waitForFunction(() => document.querySelector('[role=status]')?.textContent === '1 of 5')
    expect(await page.locator('mark').first().textContent()).toBe('entry 39999')
    await search.fill('n[12] appended entry 7 in')
    await page.getByLabel('regular expression').check()
    await page.waitForFunction(() => document.querySelector('[role=status]')?.textContent === '1 of 2')
    await search.fill('(')
    await page.waitForFunction(() =>
      document.querySelector('[role=status]')?.textContent?.includes('Invalid'),
    )
  })

  it('are only those that a search finds, on request, with their count', async () => {
    const [search, only] = [page.getByLabel('search in the logs'), page.getByLabel('only matches')]
    const count = async (): Promise<number> =>
      Number(await page.locator('.log-row').first().getAttribute('aria-setsize'))
    await only.check()
    const whole = await count()
    expect(whole).toBeGreaterThan(199_000)
    await search.fill('ENTRY 39999')
    await page.waitForFunction(() => document.querySelectorAll('.log-row').length === 5)
    expect(await count()).toBe(5)
    expect(await page.locator('[role=status]').textContent()).toContain('1 of 5; lines that the page omits')
    await search.fill('no such line')
    await page.waitForFunction(() => document.querySelectorAll('.log-row').length === 0)
    expect(await page.locator('[role=status]').textContent()).toContain('0 found')
    await search.fill('entry 39999')
    await page.waitForFunction(() => document.querySelectorAll('.log-row').length === 5)
    // What was asked for is shown, whatever the search finds.
    expect(await page.evaluate(() => window.logs.select('n1', 101))).toBe(true)
    expect(await only.isChecked()).toBe(false)
    await page.waitForFunction(() => document.querySelectorAll('.log-row').length > 5)
    expect(await count()).toBe(whole)
  })

  it('are filtered by node and level', async () => {
    for (const node of NODES.slice(1)) await page.getByLabel(node, { exact: true }).uncheck()
    for (const level of ['warn', 'info']) await page.getByLabel(level, { exact: true }).uncheck()
    await page.waitForFunction(() => document.querySelectorAll('.log-row:not(.omission)').length === 2)
    expect(await page.locator('.log-row .level').allTextContents()).toEqual(['E', 'E'])
    // The line that belongs to the error has its level.
    expect(await page.locator('.log-row:not(.omission)').last().textContent()).toContain('at Object.write')
  })

  it('have lines that a click selects, which have an address, and whose text is text only', async () => {
    await page.evaluate(() => window.logs.select('n1', 101))
    await page.waitForFunction(() => document.querySelector('.log-row[aria-selected=true]') !== null)
    expect(await page.locator('.log-details pre').textContent()).toBe(
      `2026-11-27T15:00:00.500Z ERROR ${HOSTILE}`,
    )
    expect(await page.locator('.log-details').textContent()).toContain('n1:101: at 0.500000 s')
    await page.locator('.log-row[aria-selected=true] + .log-row').click()
    expect(await page.evaluate(() => location.hash)).toMatch(/^#line=n\d%3A\d+$/)
    await page.locator('.log-list').press('ArrowUp')
    await page.locator('.log-list').press('Enter')
    expect(await page.evaluate(() => location.hash)).toBe('#line=n1%3A101')
    expect(await page.evaluate(() => window.isHurt)).toBe(undefined)
    expect(await page.locator('img').count()).toBe(0)
  })

  it('that a filter hides are shown when they are selected', async () => {
    await page.getByLabel('n3', { exact: true }).uncheck()
    expect(await page.evaluate(() => window.logs.select('n3', 20_000))).toBe(true)
    await page.waitForFunction(() => document.querySelector('.log-row[aria-selected=true]') !== null)
    expect(await page.getByLabel('n3', { exact: true }).isChecked()).toBe(true)
    expect(await page.locator('.log-row[aria-selected=true] .node').textContent()).toBe('n3')
  })

  it('go to a time, and mark the lines around it', async () => {
    await page.evaluate(() => window.logs.showTime(100_000))
    await page.waitForFunction(() => document.querySelector('.log-row.near') !== null)
    const times = await page.locator('.log-row.near .at').allTextContents()
    expect(times).toContain('100.000000')
    for (const time of times) expect(Math.abs(Number(time) - 100)).toBeLessThanOrEqual(0.5)
  })

  it('that were omitted are counted where they were, and a line among them is said to be omitted', async () => {
    const [node, number] = await page.evaluate(() => {
      const log = JSON.parse(document.getElementById('data')?.textContent ?? '') as PageLog
      const shown = log.number.map((_, i) => i).filter((i) => log.nodes[log.node[i] as number] === 'n1')
      let at = 0
      for (const i of shown) {
        const step = log.number[i] as number
        if (step > 1) return ['n1', at + 1] as const
        at += step
      }
      return ['n1', at + 1] as const
    })
    expect(await page.evaluate(([n, line]) => window.logs.select(n, line), [node, number] as const)).toBe(
      false,
    )
    expect(await page.locator('.log-details').textContent()).toContain(
      `${node}:${number} is not on this page`,
    )
    await page.waitForFunction(() => document.querySelector('.log-row.omission.active') !== null)
  })
})
