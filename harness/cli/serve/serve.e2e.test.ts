/** `serve` as a reader uses it, in a real browser, on runs that are made for it. */
import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { describeWithBrowser, launchBrowser } from '../../../checkers/porcupine-ts/testing/browser.ts'
import { encodeOperation } from '../../history/jsonl.ts'
import { writeOnlineState } from '../../store/online-file.ts'
import { caseResult, suiteResult } from '../../testing/campaigns.ts'
import { temporaryFolder } from '../../testing/command.ts'
import { staleRead, validRun } from '../../testing/incidents.ts'
import { storeRun } from '../../testing/stored-runs.ts'
import { newSuiteFolder, writeSuite } from '../suite/files.ts'
import { resultsServer } from './server.ts'

const VALID = 'raft-register/20260101T000000-1'
const STALE = 'raft-register/20260102T000000-1'
const HOSTILE = `<img src=x onerror="document.title='hurt'">/20260103T000000-1`

describeWithBrowser('faultline serve', () => {
  const folder = temporaryFolder()
  const results = path.join(folder.path, 'results')
  const server = resultsServer(results)
  let browser: Browser
  let page: Page
  let origin = ''
  const errors: string[] = []
  const requests = new Set<string>()

  beforeAll(async () => {
    fs.mkdirSync(results)
    storeRun(results, await validRun(), { name: VALID })
    storeRun(results, await staleRead(), { name: STALE })
    // A name has no slash: only the beginning of the hostile one is a folder.
    storeRun(results, await validRun(), { name: HOSTILE.replace('</', '<') })
    server.listen(0, '127.0.0.1')
    await once(server, 'listening')
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    browser = await launchBrowser()
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('request', (request) => requests.add(new URL(request.url()).origin))
  })
  afterAll(async () => {
    await browser.close()
    server.close()
    server.closeAllConnections()
    folder[Symbol.dispose]()
  })

  const states = (): Promise<readonly string[]> => page.locator('tbody .state').allTextContents()

  it('lists runs, sorts them by keys, filters them, and keeps that over a reload', async () => {
    await page.goto(origin)
    expect(await page.textContent('#shown')).toBe('3 of 3 runs')
    expect(await states()).toEqual(['valid', 'invalid', 'valid'])
    await page.focus('th:first-child button')
    await page.keyboard.press('Enter')
    expect(await states()).toEqual(['invalid', 'valid', 'valid'])
    expect(await page.getAttribute('th:first-child', 'aria-sort')).toBe('ascending')
    await page.keyboard.press('Enter')
    expect(await states()).toEqual(['valid', 'valid', 'invalid'])
    await page.selectOption('select[aria-label=verdict]', 'invalid')
    expect(await page.textContent('#shown')).toBe('1 of 3 runs')
    await page.reload()
    expect(await states()).toEqual(['invalid'])
    await page.selectOption('select[aria-label=verdict]', '')
    await page.fill('input[type=search]', 'stale read')
    expect(await page.textContent('#shown')).toBe('1 of 3 runs')
  })

  it('shows a run, its report and its files', async () => {
    await page.click('tbody a')
    expect(await page.textContent('#status')).toBe('invalid')
    await page.click('text=history.jsonl')
    expect(await page.textContent('body')).toContain('"f":"read"')
    await page.goBack()
    await page.click('text=the report')
    await page.waitForSelector('body[data-loaded]')
    expect(await page.textContent('#story')).toContain('Stale read')
    await page.locator('a[href^="#"]').first().click()
    await page.waitForFunction(() => location.hash !== '')
    await page.reload()
    expect(await page.evaluate(() => location.hash)).not.toBe('')
  })

  it('compares a run with its last valid one', async () => {
    await page.goto(`${origin}/run/${STALE}/`)
    await page.click(`a:has-text("${VALID}")`)
    const text = (await page.textContent('main')) ?? ''
    expect(text).toContain('New findings (1)')
    expect(text).toContain('stale read')
    expect(text).toContain('Findings that are gone (0)')
  })

  it('shows a run in progress as it grows, until it is judged', async () => {
    const name = 'raft-register/20260104T000000-1'
    const run = await validRun()
    const early = { ...run, record: { ...run.record, history: run.record.history.slice(0, 100) } }
    const dir = storeRun(results, early, { name, isJudged: false, isOver: false })
    await page.goto(`${origin}/run/${name}/`)
    await page.waitForSelector('#live dd:has-text("50 ok")')
    fs.appendFileSync(
      path.join(dir, 'history.jsonl'),
      run.record.history.slice(100, 200).map(encodeOperation).join(''),
    )
    await page.waitForSelector('#live dd:has-text("100 ok")')
    await page.waitForSelector('#live dd:has-text("--online")')
    writeOnlineState(dir, {
      readToNs: 5e9,
      objects: { judged: 7, underWay: 2, broken: 5, unproven: 0, isEnough: true },
      windows: [
        { checker: 'sets', most: 20_000, held: 9, operations: 50, leftOut: 3, broken: 0, isEnough: false },
      ],
      following: [
        {
          ...{ checker: 'effects', taken: 70, things: 2, fingerprints: 30, broken: 0, isEnough: false },
          waits: 'lost effects',
        },
      ],
      withoutLog: ['sink'],
      whole: ['own'],
      atTheEnd: ['recovery'],
      broken: [
        { fingerprint: 'f', checker: 'c', sentence: '<b>It broke.</b>', firstAtNs: 1e9, seenAtNs: 2e9 },
      ],
    })
    await page.waitForSelector('#live dd:has-text("7 objects by themselves")')
    await page.waitForSelector('#live dd:has-text("no more are judged, since 5 are broken")')
    await page.waitForSelector('#live dd:has-text("sets: 50 operations, of which 9 are held")')
    await page.waitForSelector('#live dd:has-text("own: all that is recorded")')
    await page.waitForSelector(
      '#live dd:has-text("2 things and 30 fingerprints are kept; it waits for the verdict")',
    )
    await page.waitForSelector('#live dd:has-text("the log of sink")')
    await page.waitForSelector('#live dd:has-text("recovery")')
    await page.waitForSelector('#live dd:has-text("<b>It broke.</b> Seen after 2.0 s.")')
    storeRun(results, run, { name })
    await page.waitForSelector('#status:text-is("valid")')
  })

  it('is not changed by hostile names, and asks nobody else', async () => {
    await page.goto(origin)
    expect(await page.locator('main img').count()).toBe(0)
    expect(await page.title()).toBe('faultline: runs')
    expect(errors).toEqual([])
    expect([...requests]).toEqual([origin])
  })

  const ask = async (
    target: string,
    { host = new URL(origin).host, method = 'GET' }: { host?: string; method?: string } = {},
  ): Promise<{ readonly status: number; readonly text: string }> => {
    const { port } = server.address() as AddressInfo
    const request = http.request({ port, host: '127.0.0.1', path: target, method, headers: { host } }).end()
    const [response] = (await once(request, 'response')) as [http.IncomingMessage]
    const chunks: Buffer[] = await response.toArray()
    return { status: response.statusCode ?? 0, text: Buffer.concat(chunks).toString() }
  }

  it.each([
    `/run/${VALID}/../../../../etc/passwd`,
    `/run/${VALID}/%2e%2e%2f%2e%2e%2fetc%2fpasswd`,
    `/run/${VALID}/..%2frun.json`,
    `/run/${VALID}/%00`,
    `/run/${VALID}//etc/passwd`,
    `/run/raft-register%2f20260101T000000-1/run.json`,
    '/run/..%2f..%2fetc/passwd/',
    '/run/raft-register/nothing/',
    '/%ff',
  ])('does not serve %s', async (target) => {
    expect((await ask(target)).status).toBe(404)
  })

  it.each(['//', '//[', 'http://['])('survives the address %s', async (target) => {
    expect((await ask(target)).status).toBe(400)
    expect((await ask('/')).status).toBe(200)
  })

  it('follows no link in the folder of a run', async () => {
    const name = 'raft-register/20260105T000000-1'
    const dir = storeRun(results, await validRun(), { name })
    fs.rmSync(path.join(dir, 'history.jsonl'))
    fs.symlinkSync('/etc/passwd', path.join(dir, 'history.jsonl'))
    for (const file of ['', 'history.jsonl', 'report.html', 'events', `compare?with=${VALID}`]) {
      const { status, text } = await ask(`/run/${name}/${file}`)
      expect(status).toBe(404)
      expect(text).toContain("history.jsonl in this run's folder is a link")
    }
    expect((await ask(`/run/${VALID}/compare?with=${name}`)).status).toBe(404)
    fs.rmSync(dir, { recursive: true })
  })

  it('judges no run that has no verdict, and says what does', async () => {
    const name = 'raft-register/20260106T000000-1'
    const dir = storeRun(results, await validRun(), { name, isJudged: false, isOver: false })
    const before = fs.readdirSync(dir)
    for (const file of ['report.html', `compare?with=${VALID}`]) {
      const { status, text } = await ask(`/run/${name}/${file}`)
      expect(status).toBe(404)
      expect(text).toContain('faultline check ')
    }
    expect(fs.readdirSync(dir)).toEqual(before)
    expect((await ask(`/run/${name}/events`, { method: 'HEAD' })).status).toBe(200)
    fs.rmSync(dir, { recursive: true })
  })

  it('gives a stored page no access to anything else', async () => {
    const name = 'raft-register/20260107T000000-1'
    const dir = storeRun(results, await validRun(), { name })
    fs.writeFileSync(
      path.join(dir, 'report.html'),
      `<body><script>fetch('/').then((a) => a.text()).then((t) => { document.body.textContent = 'read ' + t }, () => { document.body.textContent = 'refused ' + origin })</script>`,
    )
    await page.goto(`${origin}/run/${name}/report.html`)
    await page.waitForSelector('body:has-text("refused null")')
    fs.rmSync(dir, { recursive: true })
  })

  it('may not be embedded by others', async () => {
    const response = await fetch(`${origin}/run/${VALID}/run.json`)
    expect(response.headers.get('cross-origin-resource-policy')).toBe('same-origin')
    for (const file of ['', 'run.json', 'report.html']) {
      const { headers } = await fetch(`${origin}/run/${VALID}/${file}`)
      expect(headers.get('content-security-policy')).toContain("frame-ancestors 'none'")
    }
  })

  it('shows what changes from campaign to campaign', async () => {
    await page.goto(origin)
    await page.click('text=trend of suites')
    expect(await page.textContent('main')).toContain('No campaign has ended here')
    const startedAt = '2026-01-01T00:00:00.000Z'
    const finding = { fingerprint: 'f', sentence: HOSTILE }
    const suite = suiteResult([caseResult({ outcome: 'violation', findings: [finding] })])
    const dir = newSuiteFolder(results, 'nightly', startedAt)
    writeSuite(dir, suite, { junit: '', summary: '', page: '' })
    await page.reload()
    expect(await page.locator('td').allTextContents()).toEqual([
      ...['new', '2026-01-01 to 2026-01-01', 'shown in 1 of 1 runs', 'f', HOSTILE],
    ])
    expect(await page.title()).toBe('faultline: trend')
    expect(errors).toEqual([])
  })

  it('answers only under its own names, and only to reading', async () => {
    expect((await ask('/', { host: 'evil.example' })).status).toBe(421)
    expect((await ask('/', { method: 'POST' })).status).toBe(405)
    expect((await ask('/')).status).toBe(200)
  })

  it('says so when its folder is gone', async () => {
    fs.renameSync(results, `${results}-elsewhere`)
    const { status, text } = await ask('/')
    expect(status).toBe(503)
    expect(text).toContain('There is no folder')
    fs.renameSync(`${results}-elsewhere`, results)
  })
})
