/** How a reader finds the cause of an incident on the page: by a filter, and by what nodes said of themselves over time. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWithBrowser, launchBrowser } from '../../checkers/porcupine-ts/testing/browser.ts'
import type { Sample } from '../api/record.ts'
import { type Incident, staleRead, validRun } from '../testing/incidents.ts'
import { nextFrame, openReport, placeOn, spanOf, textOf } from '../testing/report-page.ts'

const matching = (page: Page, text: string): Promise<unknown> =>
  page.waitForFunction((wanted) => document.querySelector('#shown')?.textContent === wanted, text)

const heading = (page: Page, text: string): Promise<unknown> =>
  page.waitForSelector(`#details h3:has-text("${text}")`)

const fact = async (page: Page, name: string): Promise<string> =>
  (await page.locator(`#details dt:text-is("${name}") + dd`).first().textContent()) ?? ''

/** How many pixels of the lanes have the colour of evidence: `--focus` of the light page. */
const evidencePixels = async (page: Page): Promise<number> => {
  await nextFrame(page)
  return page.evaluate(() => {
    const { width, height } = document.querySelector('canvas.lanes') as HTMLCanvasElement
    const context = (document.querySelector('canvas.lanes') as HTMLCanvasElement).getContext('2d')
    const { data } = (context as CanvasRenderingContext2D).getImageData(0, 0, width, height)
    let count = 0
    for (let i = 0; i < data.length; i += 4)
      if (data[i] === 0xd0 && data[i + 1] === 0x21 && data[i + 2] === 0x2b) count++
    return count
  })
}

const LAST_MS = 15_000

/** After 6 s, n2 comes back from a silence with an older term and state; samples go on for 5 s after the last operation. */
const wentBack = async (): Promise<Incident> => {
  const { record, verdict } = await validRun()
  const seen = record.samples ?? []
  const later = Array.from({ length: (LAST_MS - 10_000) / 200 }, (_, i) => 10_000 + i * 200).flatMap((ms) =>
    seen.slice(0, 3).map((sample) => ({ ...sample, timeNs: sample.timeNs + ms * 1e6 })),
  )
  const samples = [...seen, ...later].map((sample): Sample => {
    const { node, timeNs, status } = sample
    if (node !== 'n2' || status === null) return sample
    if (timeNs >= 6e9 && timeNs < 6.4e9) return { ...sample, status: null }
    const isOld = timeNs >= 6.4e9
    const state = isOld
      ? { term: 0, appliedIndex: 1504, commitIndex: 1504, digest: '<b>old', digestAt: 1504 }
      : { term: 5, appliedIndex: 1660, commitIndex: 1600, digest: 'f9c3fa45f9c3fa45', digestAt: 1660 }
    return { ...sample, status: { ...status, ...state, snapshotIndex: 1500 } }
  })
  return { record: { ...record, samples }, verdict }
}

/** Evidence with a table of eight lost ticks of two schedules. */
const lostTicks = async (): Promise<Incident> => {
  const { record, verdict } = await validRun()
  const row = (key: string) => ({ cells: [key, '2.500 s'], operations: [0], mark: 'lost' })
  const rows = ['3-1/9', '0-5/2', '0-5/4', '0-5/6', '0-5/8', '4-1/7', '4-1/8', '4-1/9'].map(row)
  const view = { kind: 'table', columns: ['key', 'asked'], rows, omitted: 0, fine: 0 } as const
  const evidence = [{ title: 'lost: 8', text: 'eight are lost', operations: [0], view }]
  const verdicts = verdict.verdicts.map((each, i) =>
    i === 0 ? { ...each, status: 'invalid' as const, evidence } : each,
  )
  return { record, verdict: { ...verdict, status: 'invalid', verdicts } }
}

describeWithBrowser('reading an incident', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser.close())

  it('a filter acts while it is typed, knows phrases, and leaves no frames around nothing', async () => {
    await using opened = await openReport(browser, await staleRead())
    const { page, errors } = opened
    await page.click('#show-all')
    expect(await textOf(page, '#shown')).toBe('300 operations')
    expect(await evidencePixels(page)).toBeGreaterThan(0)
    await page.focus('#filter')
    await page.keyboard.type('"the cluster')
    await matching(page, '1 of 300 operations match')
    // The operation in doubt is no evidence, and on the lane of a client that has some.
    expect(await page.locator('.head[data-lane^="client"]').count()).toBe(1)
    expect(await evidencePixels(page)).toBe(0)
    await page.fill('#filter', '"cluster timeout"')
    await matching(page, '0 of 300 operations match')
    await page.fill('#filter', 'cluster timeout')
    await matching(page, '1 of 300 operations match')
    await page.waitForFunction(() => location.hash.includes('filter=cluster+timeout'))
    await page.fill('#filter', '')
    await matching(page, '300 operations')
    expect(await evidencePixels(page)).toBeGreaterThan(0)
    expect(errors).toEqual([])
  })

  it('an address that a link has just changed is not overwritten by what was to be written', async () => {
    await using opened = await openReport(browser, await validRun())
    const { page } = opened
    await page.waitForFunction(() => history.state !== null)
    await page.click('#zoom-in')
    await nextFrame(page)
    // As after a click on a link, before the browser tells of it.
    await page.evaluate(() => history.replaceState(null, '', '#op=100'))
    await page.waitForTimeout(400)
    expect(await page.evaluate(() => location.hash)).toBe('#op=100')
    await page.evaluate(() => dispatchEvent(new HashChangeEvent('hashchange')))
    await heading(page, 'Operation 100')
    await page.waitForFunction(() => location.hash.startsWith('#op=100&from='))
  })

  it('the state of a node is told over time, and what went back is marked, told and listed', async () => {
    await using opened = await openReport(browser, await wentBack(), { hash: '#at=5900' })
    const { page, errors } = opened
    await heading(page, 'At 5.900000 s')
    const state = 'committed 1600, applied 1660, snapshot 1500, digest f9c3fa45 at 1660'
    expect(await fact(page, 'nodes')).toContain(`n2: follower, term 5; ${state}`)
    expect(await page.locator('#details .setback').count()).toBe(0)
    await page.click('#show-all')
    const mark = await placeOn(page, 'node n2', 6401, 0.2)
    await page.mouse.move(mark.x, mark.y)
    await page.waitForFunction(() => document.body.textContent?.includes('n2 went back: \u25c0 term 5 -> 0'))
    await page.mouse.click(mark.x, mark.y)
    await heading(page, 'At 6.401000 s')
    expect(await page.locator('#details .setback').allTextContents()).toEqual([
      '\u25c0 term 5 -> 0',
      '\u25c0 committed 1600 -> 1504',
      '\u25c0 applied 1660 -> 1504',
    ])
    expect(await fact(page, 'nodes')).toContain('digest <b>old at 1504')
    const list = page.locator('section', { has: page.locator('h2:text-is("What went back")') })
    expect(await list.locator('tbody tr').count()).toBe(1)
    expect(await list.locator('tbody tr').first().textContent()).toContain('no answer')
    await list.locator('a[href="#at=5801"]').first().click()
    await heading(page, 'At 5.801000 s')
    await page.click('#details a:has-text("n2: follower")')
    await heading(page, 'Sample 30 of n2')
    expect(await fact(page, 'its log and state')).toBe(state)
    expect(errors).toEqual([])
  })

  it('the timeline reaches to the last sample, after the last operation', async () => {
    await using opened = await openReport(browser, await wentBack(), { hash: '#at=14801' })
    const { page } = opened
    await heading(page, 'At 14.801000 s')
    expect(await fact(page, 'nodes')).toContain('n2: follower, term 0')
    const [from, to] = await spanOf(page)
    expect(from).toBeLessThan(14_801)
    expect(to).toBeGreaterThan(14_801)
    await page.click('#show-all')
    expect((await spanOf(page))[1]).toBeCloseTo(14_802, 0)
  })

  it('a table of evidence is told by object first, and its times lead to the timeline', async () => {
    await using opened = await openReport(browser, await lostTicks())
    const { page, errors } = opened
    const told = await page.locator('.view-groups li').allTextContents()
    expect(told).toEqual(['\u2717 lost 3-1: 9', '\u2717 lost 0-5: 2, 4, 6, 8', '\u2717 lost 4-1: 7, 8, 9'])
    await page.locator('.view-table td a[href="#at=2500"]').first().click()
    await heading(page, 'At 2.500000 s')
    expect(errors).toEqual([])
  })
})
