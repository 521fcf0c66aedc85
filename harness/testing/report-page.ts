/** A run's report, opened in a real browser. */
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { renderReport } from '../report/render.ts'
import { temporaryFolder } from './command.ts'
import type { Incident } from './incidents.ts'

export interface OpenedReport extends AsyncDisposable {
  readonly page: Page
  readonly errors: readonly string[]
  readonly requests: readonly string[]
}

/** The page has been drawn and its texts have been read. */
export const whenReady = (page: Page): Promise<unknown> =>
  page.waitForSelector('body[data-loaded] canvas.lanes[data-painted]')

/** @param hash with its `#`; absent: none */
export const openReport = async (
  browser: Browser,
  incident: Incident,
  { hash = '', ...context }: BrowserContextOptions & { readonly hash?: string } = {},
): Promise<OpenedReport> => {
  const folder = temporaryFolder()
  const file = await renderReport(folder.path, incident)
  const page = await browser.newPage({
    viewport: { width: 1280, height: 1400 },
    colorScheme: 'light',
    ...context,
  })
  const errors: string[] = []
  const requests: string[] = []
  page.on('pageerror', (error) => errors.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') errors.push(message.text())
  })
  page.on('request', (request) => requests.push(request.url()))
  await page.goto(`file://${file}${hash}`)
  await whenReady(page)
  return {
    page,
    errors,
    requests,
    [Symbol.asyncDispose]: async () => {
      await page.close()
      folder[Symbol.dispose]()
    },
  }
}

/** Stands when what has changed is drawn. */
export const nextFrame = (page: Page): Promise<unknown> =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))))

/** The part of the run that the timeline shows, in ms. */
export const spanOf = async (page: Page): Promise<readonly [number, number]> => {
  await nextFrame(page)
  return page.evaluate(() => {
    const { from, to } = (document.querySelector('canvas.lanes') as HTMLCanvasElement).dataset
    return [Number(from), Number(to)] as const
  })
}

export const textOf = async (page: Page, selector: string): Promise<string> =>
  (await page.textContent(selector)) ?? ''

/** Where something at a time is on a lane, in pixels of the window. @param y from 0, the upper edge, to 1 */
export const placeOn = async (
  page: Page,
  laneId: string,
  timeMs: number,
  y = 0.5,
): Promise<{ readonly x: number; readonly y: number }> => {
  const [from, to] = await spanOf(page)
  const head = await page.locator(`.head[data-lane="${laneId}"]`).boundingBox()
  const canvas = await page.locator('canvas.lanes').boundingBox()
  if (head === null || canvas === null) throw new Error(`no lane ${laneId}`)
  const share = (timeMs - from) / (to - from)
  return { x: canvas.x + head.width + share * (canvas.width - head.width), y: head.y + y * head.height }
}
