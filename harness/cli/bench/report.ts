/**
 * The cost of the page, as part of `npm run bench`: rendering it, and its first picture and its frames in headless Chromium.
 * The history is made for it; the verdict says nothing.
 */
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import type { Operation } from '../../api/history.ts'
import type { RunVerdict } from '../../api/verdict.ts'
import { renderReport } from '../../report/render.ts'
import { bareRecord } from '../../store/run-store.ts'
import { messageOf } from '../../support/assert.ts'
import { rngFromSeed } from '../../support/random.ts'
import { REGISTER } from '../../vocabularies/register.ts'

interface Size {
  readonly operations: number
  readonly mostMegabytes: number
}

const SIZES: readonly Size[] = [
  { operations: 10_000, mostMegabytes: 1 },
  { operations: 1_000_000, mostMegabytes: 25 },
]
const CLIENTS = 20
const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'

const VERDICT: RunVerdict = {
  status: 'valid',
  summary: 'A history that was made.',
  outsideClaims: false,
  counts: { ok: 0, fail: 0, info: 0 },
  faults: { planned: 0, injected: 0, effective: 0 },
  verdicts: [],
  notes: [],
  impact: null,
}

/** Clients that read and write keys; 2% of the operations fail, 1% are in doubt. */
const historyOf = (operations: number): readonly Operation[] => {
  const rng = rngFromSeed(1)
  const freeNs = Array.from({ length: CLIENTS }, (_, client) => client * 1000)
  const processes = freeNs.map((_, client) => client)
  const events: Omit<Operation, 'index'>[] = []
  for (let n = 0; n < operations; n++) {
    const client = freeNs.indexOf(Math.min(...freeNs))
    const process = processes[client] as number
    const startNs = freeNs[client] as number
    const endNs = startNs + 200_000 + rng.int(3_000_000)
    const key = Math.floor(n / 1000)
    const isRead = rng.float() < 0.5
    const chance = rng.float()
    const type = chance < 0.97 ? 'ok' : chance < 0.99 ? 'fail' : 'info'
    const common = { process, f: isRead ? 'read' : 'write', node: `n${1 + (client % 5)}` }
    const asked = isRead ? { key } : { key, value: n }
    events.push({ ...common, timeNs: startNs, type: 'invoke', value: asked })
    const rest = type === 'ok' ? { meta: { servedBy: `n${1 + rng.int(5)}`, term: 1 } } : { error: 'timeout' }
    events.push({ ...common, ...rest, timeNs: endNs, type, value: type === 'ok' ? { key, value: n } : asked })
    if (type === 'info') processes[client] = process + CLIENTS
    freeNs[client] = endNs + rng.int(1_000_000)
  }
  return events.sort((a, b) => a.timeNs - b.timeNs).map((event, index) => ({ ...event, index }))
}

/** The largest resident set of any page of a browser, in MiB. */
const pageMegabytes = (): number => {
  const sizes = fs.readdirSync('/proc').flatMap((pid) => {
    try {
      if (!fs.readFileSync(`/proc/${pid}/cmdline`, 'latin1').includes('--type=renderer')) return []
      const [, kilobytes] = /^VmRSS:\s+(\d+)/m.exec(fs.readFileSync(`/proc/${pid}/status`, 'latin1')) ?? []
      return [Number(kilobytes ?? 0) / 1024]
    } catch {
      return []
    }
  })
  return Math.max(0, ...sizes)
}

const FRAMES = 60

const browse = async (file: string): Promise<string> => {
  const { chromium } = await import('playwright-core')
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] })
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 } })
    const startedMs = performance.now()
    await page.goto(`file://${file}`, { waitUntil: 'commit' })
    await page.waitForSelector('canvas.lanes[data-painted]')
    const firstMs = performance.now() - startedMs
    await page.waitForSelector('body[data-loaded]')
    const framesMs = await page.evaluate(async (count) => {
      const canvas = document.querySelector('canvas.lanes') as HTMLCanvasElement
      const times: number[] = []
      for (let i = 0; i < count; i++) {
        const key = i < count / 2 ? '+' : i % 2 === 0 ? '-' : 'ArrowRight'
        const beganMs = performance.now()
        canvas.dispatchEvent(new KeyboardEvent('keydown', { key, bubbles: true }))
        await new Promise((done) => requestAnimationFrame(done))
        times.push(performance.now() - beganMs)
      }
      return times.sort((a, b) => a - b)
    }, FRAMES)
    const medianMs = framesMs[FRAMES / 2] as number
    const worstMs = framesMs.at(-1) as number
    return `first picture ${Math.round(firstMs)} ms (goal: 1500), frame ${medianMs.toFixed(0)} ms, at worst ${worstMs.toFixed(0)} ms (goal: 33), ${Math.round(pageMegabytes())} MiB (goal: 600)`
  } finally {
    await browser.close()
  }
}

const measure = async ({ operations, mostMegabytes }: Size): Promise<string> => {
  const dir = fs.mkdtempSync(path.join(os.tmpdir(), 'faultline-bench-'))
  try {
    const record = { ...bareRecord(historyOf(operations)), vocabulary: REGISTER }
    const startedMs = performance.now()
    const file = await renderReport(dir, { record, verdict: VERDICT })
    const seconds = (performance.now() - startedMs) / 1000
    const megabytes = fs.statSync(file).size / 2 ** 20
    const resident = process.memoryUsage().rss / 2 ** 20
    const browsed = await browse(file).catch((error: unknown) => `not browsed: ${messageOf(error)}`)
    return `page       ${operations}: ${megabytes.toFixed(1)} MiB (goal: ${mostMegabytes}), rendered in ${seconds.toFixed(1)} s (goal: 20) with ${Math.round(resident)} MiB (goal: 1500); ${browsed}\n`
  } finally {
    fs.rmSync(dir, { recursive: true, force: true })
  }
}

export const benchReport = async (): Promise<string> => {
  let text = ''
  for (const size of SIZES) text += await measure(size)
  return text
}
