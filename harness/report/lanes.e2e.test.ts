/** The lanes of the timeline: their order, and how fingers move them. */
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWithBrowser, launchBrowser } from '../../checkers/porcupine-ts/testing/browser.ts'
import { Fingers, type Point } from '../testing/fingers.ts'
import { largeCluster, validRun } from '../testing/incidents.ts'
import { openReport, placeOn, spanOf, textOf, whenReady } from '../testing/report-page.ts'

const lanes = (page: Page, kind: string): Promise<readonly (string | null)[]> =>
  page
    .locator(`.head[data-lane^="${kind} "]`)
    .evaluateAll((all) => all.map((head) => head.getAttribute('data-lane')))

describeWithBrowser('the lanes of the timeline', () => {
  let browser: Browser
  beforeAll(async () => {
    browser = await launchBrowser()
  })
  afterAll(() => browser.close())

  it('move within their group by keys, keep their order in the address, and go back to the usual one', async () => {
    await using opened = await openReport(browser, await validRun())
    const { page, errors } = opened
    expect(await lanes(page, 'node')).toEqual(['node n1', 'node n2', 'node n3'])
    expect(await page.isVisible('#usual-order')).toBe(false)
    await page.focus('canvas.lanes')
    for (let i = 0; i < 20 && (await page.locator('.head.current[data-lane="node n3"]').count()) === 0; i++)
      await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Alt+ArrowUp')
    expect(await lanes(page, 'node')).toEqual(['node n1', 'node n3', 'node n2'])
    expect(await textOf(page, '.told')).toBe('n3 is lane 2 of 3 of nodes')
    await page.keyboard.press('Alt+ArrowUp')
    await page.keyboard.press('Alt+ArrowUp')
    expect(await lanes(page, 'node')).toEqual(['node n3', 'node n1', 'node n2'])
    await page.click('.group:has-text("clients") .up')
    await page.waitForFunction(() => location.hash.includes('group='))
    expect(await page.evaluate(() => location.hash)).toContain('lane=node+n3')
    await page.reload()
    await whenReady(page)
    expect(await lanes(page, 'node')).toEqual(['node n3', 'node n1', 'node n2'])
    const groups = await page.locator('.group .fold').allTextContents()
    expect(groups.map((text) => text.replace(/[▾ ]*(\w+).*/, '$1')).slice(0, 4)).toEqual([
      'faults',
      'terms',
      'clients',
      'nodes',
    ])
    await page.click('#usual-order')
    expect(await lanes(page, 'node')).toEqual(['node n1', 'node n2', 'node n3'])
    expect(await page.isVisible('#usual-order')).toBe(false)
    await page.waitForFunction(() => !location.hash.includes('lane='))
    expect(errors).toEqual([])
  })

  it('are painted again in the frame in which their size changes', async () => {
    await using opened = await openReport(browser, await validRun())
    const isPainted = await opened.page.evaluate(
      () =>
        new Promise<boolean>((resolve) => {
          const timeline = document.querySelector<HTMLElement>('.timeline')
          const canvas = document.querySelector<HTMLCanvasElement>('canvas.lanes')
          const { width } = canvas as HTMLCanvasElement
          // It is asked after the timeline's own observer, in the same frame.
          new ResizeObserver(() => {
            if (canvas?.width === width) {
              if (timeline !== null) timeline.style.width = '700px'
              return
            }
            const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data
            resolve(pixels?.some((value) => value !== 0) === true)
          }).observe(document.querySelector('.timeline .scroller') as Element)
        }),
    )
    expect(isPainted).toBe(true)
  })

  it('move by dragging their names, as far as the group goes', async () => {
    await using opened = await openReport(browser, await largeCluster(6))
    const { page } = opened
    const drag = async (lane: string, onto: string, beyond = 0): Promise<void> => {
      const from = await page.locator(`.head[data-lane="${lane}"]`).boundingBox()
      const to = await page.locator(`.head[data-lane="${onto}"]`).boundingBox()
      if (from === null || to === null) throw new Error('no such lane')
      await page.mouse.move(from.x + 20, from.y + from.height / 2)
      await page.mouse.down()
      await page.mouse.move(to.x + 20, to.y + to.height / 2 + beyond, { steps: 6 })
      await page.mouse.up()
    }
    await drag('node n5', 'node n2')
    expect(await lanes(page, 'node')).toEqual(['n1', 'n5', 'n2', 'n3', 'n4', 'n6'].map((n) => `node ${n}`))
    await drag('node n1', 'node n6', 300)
    expect(await lanes(page, 'node')).toEqual(['n5', 'n2', 'n3', 'n4', 'n6', 'n1'].map((n) => `node ${n}`))
    // What is moved afterwards is not dragged any more.
    await page.mouse.move(300, 300)
    expect(await page.locator('.head.dragged').count()).toBe(0)
    await page.fill('#filter', 'process:0')
    await page.press('#filter', 'Enter')
    await drag('client 0', 'client 0')
    expect((await lanes(page, 'node'))[0]).toBe('node n5')
  })

  it('move with one finger, zoom with two, and a tap selects', async () => {
    const phone = { viewport: { width: 420, height: 800 }, hasTouch: true, isMobile: true }
    await using opened = await openReport(browser, await validRun(), phone)
    const { page, errors } = opened
    const fingers = await Fingers.of(page)
    await page.locator('canvas.lanes').scrollIntoViewIfNeeded()
    const at = await placeOn(page, 'node n2', 5000)
    const whole = await spanOf(page)
    await fingers.drag(
      [
        { x: at.x - 20, y: at.y },
        { x: at.x + 20, y: at.y },
      ],
      [
        { x: at.x - 80, y: at.y },
        { x: at.x + 80, y: at.y },
      ],
    )
    const zoomed = await spanOf(page)
    expect((zoomed[1] - zoomed[0]) / (whole[1] - whole[0])).toBeCloseTo(0.25, 1)
    // What was between the fingers has stayed there.
    expect((await placeOn(page, 'node n2', 5000)).x).toBeCloseTo(at.x, -1)
    expect(await page.locator('#details').innerText()).toBe('')
    await fingers.drag([at], [{ x: at.x - 60, y: at.y }])
    const moved = await spanOf(page)
    expect(moved[0]).toBeGreaterThan(zoomed[0])
    expect(moved[1] - moved[0]).toBeCloseTo(zoomed[1] - zoomed[0])
    expect(await page.locator('#details').innerText()).toBe('')
    await fingers.tap(await placeOn(page, 'node n1', 5600))
    await page.waitForSelector('#details h3:has-text("Sample 29 of n1")')
    expect(errors).toEqual([])
  })

  it('are no trap for a finger: where they end, the page scrolls', async () => {
    const phone = { viewport: { width: 420, height: 700 }, hasTouch: true, isMobile: true }
    await using opened = await openReport(browser, await validRun(), phone)
    const { page } = opened
    const fingers = await Fingers.of(page)
    await page.locator('canvas.lanes').scrollIntoViewIfNeeded()
    const before = await page.evaluate(() => scrollY)
    const span = await spanOf(page)
    const at = await placeOn(page, 'node n2', 5000)
    await fingers.drag([at], [{ x: at.x, y: at.y - 150 }])
    expect(await page.evaluate(() => scrollY)).toBeGreaterThan(before + 100)
    expect(await spanOf(page)).toEqual(span)
  })

  it('move by a finger on their names', async () => {
    const phone = { viewport: { width: 420, height: 900 }, hasTouch: true, isMobile: true }
    await using opened = await openReport(browser, await validRun(), phone)
    const { page } = opened
    const fingers = await Fingers.of(page)
    await page.locator('canvas.lanes').scrollIntoViewIfNeeded()
    const centre = async (lane: string): Promise<Point> => {
      const box = await page.locator(`.head[data-lane="${lane}"]`).boundingBox()
      if (box === null) throw new Error(`no lane ${lane}`)
      return { x: box.x + 20, y: box.y + box.height / 2 }
    }
    await fingers.drag([await centre('node n3')], [await centre('node n1')])
    expect(await lanes(page, 'node')).toEqual(['node n3', 'node n1', 'node n2'])
  })
})
