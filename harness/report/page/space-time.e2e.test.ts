/** The space-time diagram as a reader uses it, in a real browser. */
import path from 'node:path'
import { build } from 'esbuild'
import type { Browser, BrowserContextOptions, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWithBrowser, launchBrowser } from '../../../checkers/porcupine-ts/testing/browser.ts'
import type { Message } from '../../api/message.ts'
import { Fingers } from '../../testing/fingers.ts'
import { recordOf } from '../../testing/record.ts'
import { type SpaceTimeWindow, spaceTimeWindows } from '../messages.ts'
import { PAGE_STYLE } from '../style.ts'

const MS = 1e6
const HOSTILE = '"><script>document.title="hacked"</script>'

const message = (sentMs: number, change: Partial<Message> = {}): Message => ({
  sentNs: sentMs * MS,
  receivedNs: (sentMs + 20) * MS,
  from: 'n1',
  to: 'n2',
  protocol: 'tcp',
  kind: 'data',
  ports: [40_000, 2380],
  bytes: 100,
  info: HOSTILE,
  ...change,
})

const windowOf = (messages: readonly Message[]): SpaceTimeWindow => {
  const record = recordOf({ messages, messageGaps: [] })
  const [window] = spaceTimeWindows(record, [
    { title: HOSTILE, fromNs: 0, toNs: 1000 * MS, focusNs: 500 * MS, operations: [] },
  ])
  return window as SpaceTimeWindow
}

const bundle = async (): Promise<string> => {
  const { outputFiles } = await build({
    stdin: {
      contents: `import { drawSpaceTime } from './space-time.ts'
        document.body.append(drawSpaceTime(window.shown))`,
      resolveDir: path.resolve(import.meta.dirname),
      loader: 'ts',
    },
    bundle: true,
    write: false,
    format: 'iife',
  })
  return outputFiles[0]?.text ?? ''
}

describeWithBrowser('the space-time diagram', () => {
  let browser: Browser
  let script: string
  beforeAll(async () => {
    ;[browser, script] = await Promise.all([launchBrowser(), bundle()])
  })
  afterAll(() => browser.close())

  const open = async (messages: readonly Message[], context: BrowserContextOptions = {}): Promise<Page> => {
    const page = await browser.newPage({ viewport: { width: 1200, height: 800 }, ...context })
    await page.setContent('<title>safe</title><main></main>')
    await page.addStyleTag({ content: PAGE_STYLE })
    await page.evaluate((shown) => Object.assign(globalThis, { shown }), windowOf(messages))
    await page.addScriptTag({ content: script })
    return page
  }
  const told = (page: Page) => page.textContent('.space-time-told')
  const viewed = (page: Page) =>
    page.$eval('svg.space-time', (svg) => [
      (svg as SVGElement).dataset.fromMs,
      (svg as SVGElement).dataset.toMs,
    ])

  it('tells of a message that is pointed at', async () => {
    const page = await open([message(500, { receivedNs: null })])
    const cross = await page.locator('svg.space-time path.cross').first().boundingBox()
    await page.mouse.move(
      (cross?.x ?? 0) + (cross?.width ?? 0) / 2,
      (cross?.y ?? 0) + (cross?.height ?? 0) / 2,
    )
    expect(await told(page)).toContain('n1 to n2, tcp 40000 to 2380: 100 bytes, sent at 0.500000 s, lost')
    await page.mouse.move(5, 790)
    expect(await told(page)).toContain('Point at an arrow')
    await page.close()
  })

  it('can be used with the keyboard alone', async () => {
    const page = await open([message(100), message(500, { from: 'n2', to: 'n3' }), message(900)])
    await page.focus('svg.space-time')
    for (const [key, text] of [
      ['ArrowRight', 'sent at 0.100000 s'],
      ['ArrowRight', 'n2 to n3'],
      ['End', 'sent at 0.900000 s'],
      ['ArrowLeft', 'n2 to n3'],
      ['Home', 'sent at 0.100000 s, arrived 20.000 ms later'],
    ] as const) {
      await page.keyboard.press(key)
      expect(await told(page)).toContain(text)
    }
    expect(await page.getAttribute('.space-time-told a', 'href')).toBe('#at=100.000')
    await page.keyboard.press('+')
    expect(await viewed(page)).toEqual(['200.000', '800.000'])
    await page.keyboard.press('PageDown')
    expect(await viewed(page)).toEqual(['400.000', '1000.000'])
    await page.close()
  })

  it('moves with one finger, zooms with two, and a tap tells', async () => {
    const page = await open([message(500, { receivedNs: null })], { hasTouch: true })
    const fingers = await Fingers.of(page)
    const box = await page.locator('svg.space-time').boundingBox()
    const cross = await page.locator('svg.space-time path.cross').first().boundingBox()
    if (box === null || cross === null) throw new Error('nothing is drawn')
    const middle = { x: cross.x + cross.width / 2, y: cross.y + cross.height / 2 }
    await fingers.tap({ x: middle.x + 10, y: middle.y })
    expect(await told(page)).toContain('sent at 0.500000 s, lost')
    const beside = (by: number) => [
      { x: middle.x - by, y: middle.y },
      { x: middle.x + by, y: middle.y },
    ]
    await fingers.drag(beside(50), beside(200))
    const [from, to] = (await viewed(page)).map(Number) as [number, number]
    expect(to - from).toBeCloseTo(250, -1)
    await fingers.drag([middle], [{ x: middle.x + 100, y: middle.y }])
    const [movedFrom, movedTo] = (await viewed(page)).map(Number) as [number, number]
    expect(movedFrom).toBeLessThan(from)
    expect(movedTo - movedFrom).toBeCloseTo(to - from)
    await page.close()
  })

  it('shows hostile text as text', async () => {
    const page = await open([message(500, { from: HOSTILE })])
    await page.focus('svg.space-time')
    await page.keyboard.press('ArrowRight')
    expect(await told(page)).toContain(HOSTILE)
    expect(await page.textContent('svg.space-time')).toContain(HOSTILE)
    expect([await page.title(), await page.locator('main script, figure script').count()]).toEqual([
      'safe',
      0,
    ])
    await page.close()
  })

  it('says when it draws messages together, and shows them apart when zoomed in', async () => {
    const many = Array.from({ length: 5000 }, (_, i) => message(i / 5, { receivedNs: (i / 5 + 0.01) * MS }))
    const page = await open(many)
    await page.click('text=whole window')
    expect(await page.textContent('.space-time-summary')).toContain(
      '5000 messages in view, 0 of them lost. More than 2000',
    )
    for (let i = 0; i < 3; i++) await page.click('text=zoom in')
    expect(await page.textContent('.space-time-summary')).not.toContain('More than')
    await page.check('text=only lost messages')
    expect(await page.locator('svg.space-time path.message').count()).toBe(0)
    await page.close()
  })
})
