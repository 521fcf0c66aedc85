/** The page as a reader sees it, in a real browser. */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { generateColumns, toOperations } from '../../bench/histories.ts'
import { check } from '../../check.ts'
import type { Operation } from '../../model.ts'
import { casRegister, type RegisterInput, type RegisterOutput } from '../../models/register.ts'
import { describeWithBrowser, launchBrowser } from '../../testing/browser.ts'
import type { Annotation } from './data.ts'
import { drawPage } from './page.ts'

type Register = Operation<RegisterInput, RegisterOutput>

const register = casRegister(null)

describeWithBrowser('the page', () => {
  let browser: Browser
  let folder = ''
  beforeAll(async () => {
    folder = fs.mkdtempSync(path.join(os.tmpdir(), 'porcupine-page-'))
    browser = await launchBrowser()
  })
  afterAll(async () => {
    fs.rmSync(folder, { recursive: true, force: true })
    await browser.close()
  })

  /** Opens the page from disk, and records what else it requested and its errors. */
  const open = async (html: string): Promise<{ page: Page; requests: string[]; errors: string[] }> => {
    const file = path.join(folder, `${fs.readdirSync(folder).length}.html`)
    fs.writeFileSync(file, html)
    const page = await browser.newPage({ viewport: { width: 1200, height: 900 } })
    const requests: string[] = []
    const errors: string[] = []
    page.on('request', (request) => requests.push(request.url()))
    page.on('pageerror', (error) => errors.push(error.message))
    await page.goto(`file://${file}`)
    await page.waitForSelector('canvas.lanes[data-painted]')
    return { page, requests, errors }
  }

  const dataOf = (page: Page): Promise<Record<string, string>> =>
    page.evaluate(async () => {
      // A change is drawn with the next frame.
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))
      return { ...(document.querySelector('canvas.lanes') as HTMLCanvasElement).dataset } as Record<
        string,
        string
      >
    })

  const draw = (operations: readonly Register[], annotations: readonly Annotation[] = []): Promise<string> =>
    drawPage(register, operations, check(register, operations), { title: 'keys of <one> run', annotations })

  const write = (client: number, call: number, end: number, value: number): Register => ({
    client,
    call,
    return: end,
    input: { f: 'write', key: 7, value },
    output: { applied: true },
  })
  const read = (client: number, call: number, end: number, value: number): Register => ({
    client,
    call,
    return: end,
    input: { f: 'read', key: 7 },
    output: { value },
  })
  const stale = [write(0, 0, 100, 1), write(1, 200, 300, 2), read(2, 400, 500, 2), read(3, 600, 700, 1)]

  it('says what is wrong, shows the order under the pointer, and why no more is possible', async () => {
    const { page, requests, errors } = await open(
      await draw(stale, [{ from: 150, to: 350, row: 'partition', text: 'n1 | n2, n3' }]),
    )
    expect(await page.textContent('#verdict')).toBe('illegal')
    expect(await page.textContent('h1')).toContain('keys of <one> run')
    expect(await page.textContent('#summary')).toBe(
      'No order of the operations on 7 explains "read -> 1" of client 3.',
    )
    expect(await page.textContent('#diagram')).toContain('<-- cannot be placed')
    expect(await page.textContent('#attempts')).toContain('read -> 1 is not possible when it is 2')
    await page.click('#whole')
    const { from, to } = await dataOf(page)
    const box = await page.locator('canvas.lanes').boundingBox()
    if (box === null) throw new Error('no canvas')
    // Heads are 150 px wide. The head of a group and each line are 22 px high: events, their line, clients, their lines.
    const span = (Number(to) - Number(from)) / 1.01
    const at = (time: number, line: number): [number, number] => [
      box.x + 150 + (time / 700) * (span / (Number(to) - Number(from))) * (box.width - 150),
      box.y + 22 * (line + 3) + 10,
    ]
    await page.mouse.move(...at(250, 0))
    await dataOf(page)
    expect(await page.textContent('#details')).toContain('write 2, client 1, on 7')
    expect(await page.textContent('#details')).toContain('2 in the order: from 1 to 2')
    await page.mouse.move(...at(650, 0))
    await dataOf(page)
    expect(await page.textContent('#details')).toContain('cannot be placed: no order explains it')
    expect({ errors, requests: requests.length }).toEqual({ errors: [], requests: 1 })
    await page.close()
  })

  it('goes to the error, by button and by key', async () => {
    const { page } = await open(await draw([write(4, -20_000, -19_900, 5), ...stale]))
    const first = await dataOf(page)
    await page.click('#whole')
    const whole = await dataOf(page)
    expect(Number(whole.to) - Number(whole.from)).toBeGreaterThan(5 * (Number(first.to) - Number(first.from)))
    await page.keyboard.press('e')
    expect(await dataOf(page)).toMatchObject({ from: first.from, to: first.to })
    await page.close()
  })

  it('of a legal history has an order for every operation, and no error to go to', async () => {
    const { page, errors } = await open(await draw(stale.slice(0, 3)))
    expect(await page.textContent('#verdict')).toBe('ok')
    expect(await page.isVisible('#jump')).toBe(false)
    const box = await page.locator('canvas.lanes').boundingBox()
    if (box === null) throw new Error('no canvas')
    await page.mouse.move(box.x + 150 + 5, box.y + 22 + 10)
    await dataOf(page)
    expect(await page.textContent('#details')).toContain('1 in the order: from the beginning to 1')
    expect(errors).toEqual([])
    await page.close()
  })

  it('of 100,000 operations is below 5 MB', async () => {
    const operations = toOperations(
      generateColumns({ seed: 1, operations: 100_000, clients: 20, crashed: 0.01, stale: true, keys: 5 }),
    )
    const html = await draw(operations)
    expect(html.length).toBeLessThan(5_000_000)
    const { page, errors } = await open(html)
    expect(await page.textContent('#count')).toBe('100000 operations')
    await page.selectOption('#partition', '')
    await page.click('#whole')
    await dataOf(page)
    // Something is drawn on every line, from the first operation to the last.
    const drawn = await page.evaluate(() => {
      const canvas = document.querySelector('canvas.lanes') as HTMLCanvasElement
      const pixels = canvas.getContext('2d')?.getImageData(160, 33, canvas.width - 170, 1).data ?? []
      return pixels.filter((value, i) => i % 4 === 3 && value > 0).length / (canvas.width - 170)
    })
    expect(drawn).toBeGreaterThan(0.9)
    expect(errors).toEqual([])
    await page.close()
  })

  it('keeps what is nearest to the failure where not all has room, and says so', async () => {
    const operations = toOperations(
      generateColumns({ seed: 2, operations: 400_000, clients: 20, stale: true, keys: 400 }),
    )
    const html = await draw(operations)
    expect(html.length).toBeLessThan(5_000_000)
    const { page } = await open(html)
    expect(await page.textContent('#count')).toMatch(
      /^\d+ operations; \d+ further from the failure are left out$/,
    )
    expect(await page.isVisible('#jump')).toBe(true)
    await page.close()
  })
})
