/** What can be selected on the page, and how a reader gets there and back: addresses, links, keys. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWithBrowser, launchBrowser } from '../../checkers/porcupine-ts/testing/browser.ts'
import {
  duplicatedEffect,
  failOpen,
  staleRead,
  transactionCycle,
  twoLeaders,
  validRun,
} from '../testing/incidents.ts'
import { openReport, placeOn, spanOf, textOf, whenReady } from '../testing/report-page.ts'

const heading = (page: Page, text: string): Promise<unknown> =>
  page.waitForSelector(`#details h3:has-text("${text}")`)

const clickOn = async (page: Page, laneId: string, timeMs: number, y = 0.5): Promise<void> => {
  const place = await placeOn(page, laneId, timeMs, y)
  await page.mouse.click(place.x, place.y)
}

/** The fact of that name in the details. */
const fact = async (page: Page, name: string): Promise<string> =>
  (await page.locator(`#details dt:text-is("${name}") + dd`).first().textContent()) ?? ''

const follows = async (page: Page, name: string, link: string): Promise<void> =>
  page.click(`#details dt:text-is("${name}") + dd a:has-text("${link}")`)

describeWithBrowser('what is selected', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser.close())

  it('an effect tells its cause, its duplicates and its evidence, and each leads back to it', async () => {
    await using opened = await openReport(browser, await duplicatedEffect())
    const { page, errors } = opened
    await page.click('#show-all')
    // The sixth request is done at 3.03 s, and again as the last of all.
    await clickOn(page, 'effects sink', 3030)
    await heading(page, 'Effect 26 at sink: done')
    expect(await fact(page, 'key')).toBe('r25')
    expect(await fact(page, 'at')).toContain('3.030000 s')
    expect(await fact(page, 'under this key')).toContain('done 2 times, asked for 2 in all')
    expect(await page.evaluate(() => location.hash)).toContain('effect=sink%3A26')
    await follows(page, 'under this key', 'sink #41')
    await heading(page, 'Effect 41 at sink: done')
    expect(await fact(page, 'as logged')).toContain('attempt 2')
    await follows(page, 'caused by', 'submit')
    await heading(page, ': submit, ok')
    expect(await fact(page, 'outside effects')).toContain('sink #26 at 3.030000 s: done')
    await follows(page, 'outside effects', 'sink #26')
    await heading(page, 'Effect 26 at sink')
    const href = await page.getAttribute('#details dt:text-is("part of the evidence") + dd a', 'href')
    const row = page.locator(`[id="${href?.slice(1)}"] a[href="#effect=sink%3A26"]`)
    await page.goBack()
    await heading(page, ': submit, ok')
    await row.click()
    await heading(page, 'Effect 26 at sink')
    await page.reload()
    await whenReady(page)
    await heading(page, 'Effect 26 at sink')
    expect(errors).toEqual([])
  })

  it('a sample tells what the node said of itself, and leads to its neighbours and its term', async () => {
    await using opened = await openReport(browser, await staleRead())
    const { page, errors } = opened
    await page.click('#show-all')
    await clickOn(page, 'node n3', 4010)
    await heading(page, 'Sample 21 of n3, at 4.002000 s')
    expect(await fact(page, 'health')).toBe('✕ did not answer')
    expect(await fact(page, 'faults in force')).toBe('partition-1')
    await follows(page, 'samples of this node', 'before')
    await heading(page, 'Sample 20 of n3, at 3.802000 s')
    await follows(page, 'nodes', 'n1: leader, term 1')
    await heading(page, 'Sample 20 of n1')
    expect(await fact(page, 'its clock')).toContain('0 s against the harness')
    expect(await fact(page, 'operations meanwhile')).toContain('(process 1)')
    await follows(page, 'term', 'term 1')
    await heading(page, 'Term 1')
    expect(await fact(page, 'leader')).toContain('n1, seen to lead from 0.000 s on')
    expect(await fact(page, 'nodes in it')).toContain('n3: follower from 0.002 s to 3.202 s')
    for (const expected of ['Sample 20 of n1', 'Sample 20 of n3', 'Sample 21 of n3']) {
      await page.goBack()
      await heading(page, expected)
    }
    await page.goForward()
    await heading(page, 'Sample 20 of n3')
    expect(errors).toEqual([])
  })

  it('a term tells its election, and a sample the evidence that it is part of', async () => {
    await using opened = await openReport(browser, await twoLeaders(), { hash: '#term=2' })
    const { page, errors } = opened
    await heading(page, 'Term 2')
    expect(await fact(page, 'leader')).toContain('n2, seen to lead from 4.001 s on')
    expect(await fact(page, 'leader')).toContain('n3, seen to lead from 4.402 s on')
    expect(await fact(page, 'election')).toContain('candidates: n2')
    expect(await fact(page, 'term before')).toBe('term 1')
    expect(await fact(page, 'part of the evidence')).toContain('leadership')
    await follows(page, 'part of the evidence', 'leadership')
    await page.click('.view-table a[href="#sample=n3%3A23"]')
    await heading(page, 'Sample 23 of n3')
    expect(await fact(page, 'part of the evidence')).toContain('leadership')
    await page.click('#show-all')
    await clickOn(page, 'terms', 2000)
    await heading(page, 'Term 1')
    expect(errors).toEqual([])
  })

  it('all of these are reached by keys alone', async () => {
    await using opened = await openReport(browser, await duplicatedEffect())
    const { page } = opened
    await page.focus('canvas.lanes')
    const seen: string[] = []
    for (let i = 0; i < 8; i++) {
      await page.keyboard.press('ArrowDown')
      seen.push((await textOf(page, '#details h3')).replace(/ \d.*/, ''))
    }
    expect(new Set(seen)).toEqual(new Set(['Fault partition-1', 'Term', 'Sample', 'Effect', 'Operation']))
    for (let i = 0; i < 2; i++) await page.keyboard.press('ArrowUp')
    await heading(page, 'Effect')
    const before = await textOf(page, '#details h3')
    await page.keyboard.press('.')
    expect(await textOf(page, '#details h3')).not.toBe(before)
    await page.keyboard.press(',')
    expect(await textOf(page, '#details h3')).toBe(before)
  })

  it('going back to where nothing was selected selects nothing, and shows what was shown', async () => {
    await using opened = await openReport(browser, await validRun())
    const { page } = opened
    await page.waitForFunction(() => history.state !== null)
    const whole = await spanOf(page)
    await page.evaluate(() => {
      location.hash = '#sample=n1:2'
    })
    await heading(page, 'Sample 2 of n1')
    expect(await fact(page, 'operations meanwhile')).toContain('(at this node)')
    expect(await spanOf(page)).not.toEqual(whole)
    await page.waitForFunction(() => history.state !== null)
    await page.goBack()
    await page.waitForFunction(() => document.querySelector('#details')?.childElementCount === 0)
    expect(await spanOf(page)).toEqual(whole)
  })

  it('a link to what is selected already shows it again', async () => {
    await using opened = await openReport(browser, await validRun(), { hash: '#op=100' })
    const { page } = opened
    await page.click('#show-all')
    await page.waitForFunction(() => location.hash === '#op=100')
    const whole = await spanOf(page)
    await page.evaluate(() => {
      const link = document.createElement('a')
      link.href = '#op=100'
      link.id = 'again-here'
      link.textContent = 'operation 100'
      document.querySelector('#rest')?.append(link)
    })
    await page.click('#again-here')
    const near = await spanOf(page)
    expect(near[1] - near[0]).toBeLessThan(whole[1] - whole[0])
  })

  it('what is not on the page is said, whatever it is called', async () => {
    for (const [hash, what] of [
      ['#effect=sink:99', 'effect sink:99'],
      ['#sample=n9:1', 'sample n9:1'],
      ['#sample=n1:0', 'sample n1:0'],
      ['#term=77', 'term 77'],
      ['#op=x', 'op x'],
      ['#fault=<b>', 'fault <b>'],
    ] as const) {
      await using opened = await openReport(browser, await validRun(), { hash })
      expect(await textOf(opened.page, '#details h3')).toBe(`The page has no ${what}.`)
      expect(opened.errors).toEqual([])
    }
  })

  it('every operation that evidence draws links to it, and is linked from it', async () => {
    for (const [make, view] of [
      [staleRead, '.view-linearization'],
      [transactionCycle, '.view-cycle'],
      [duplicatedEffect, '.view-table'],
    ] as const) {
      await using opened = await openReport(browser, await make())
      const { page } = opened
      const section = page.locator('section.finding', { has: page.locator(view) }).first()
      const id = await section.getAttribute('id')
      const hrefs = await section
        .locator('a[href^="#op="]')
        .evaluateAll((all) => [...new Set(all.map((link) => link.getAttribute('href') ?? ''))])
      expect(hrefs.length, view).toBeGreaterThan(0)
      for (const href of hrefs) {
        await page.evaluate((next) => {
          location.hash = next
        }, href)
        await heading(page, `Operation ${href.replace('#op=', '')}:`)
        expect(await page.locator(`#details a[href="#${id}"]`).count(), `${view} ${href}`).toBe(1)
      }
    }
  })

  it('a fault leads to what each side did, to its recovery, and back', async () => {
    await using opened = await openReport(browser, await failOpen(), { hash: '#fault=partition-1' })
    const { page } = opened
    await heading(page, 'Fault partition-1')
    for (const id of ['recovery-partition-1', 'sides-partition-1']) {
      await page.click(`#details a[href="#${id}"]`)
      expect(await page.locator(`[id="${id}"]`).isVisible()).toBe(true)
      await page.click(`[id="${id}"] a`)
      await heading(page, 'Fault partition-1')
    }
    const links = page.locator('#details dt:text-is("part of the evidence") + dd a')
    expect(await links.first().textContent()).toContain('sides')
  })
})
