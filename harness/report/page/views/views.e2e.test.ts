/** Evidence as a reader sees it, in a real browser: views of judged histories. Screenshots are kept in results/views. */
import fs from 'node:fs'
import path from 'node:path'
import { build } from 'esbuild'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { linearizability } from '../../../../checkers/data/linearizability.ts'
import { totalQueue } from '../../../../checkers/data/queue.ts'
import { effects } from '../../../../checkers/effects/effects.ts'
import { describeWithBrowser, launchBrowser } from '../../../../checkers/porcupine-ts/testing/browser.ts'
import { listAppend } from '../../../../checkers/transactions/checker.ts'
import type { Checker, EvidenceView } from '../../../api/verdict.ts'
import { PROJECT_ROOT } from '../../../testing/capabilities.ts'
import type { RecordParts } from '../../../testing/record.ts'
import { done, judgeSteps, type Step } from '../../../testing/steps.ts'
import type { SinkLine } from '../../../vocabularies/effects.ts'
import { PAGE_STYLE } from '../../style.ts'

const HOSTILE = '<img src=x onerror="document.title=1">\u202e\u001b[31m</script>'
const SCREENSHOTS = path.join(PROJECT_ROOT, 'results', 'views')

const bundle = async (): Promise<string> => {
  const { outputFiles } = await build({
    stdin: {
      contents: "import { drawView } from './draw.ts'; globalThis.drawView = drawView",
      resolveDir: import.meta.dirname,
      loader: 'ts',
    },
    bundle: true,
    write: false,
    format: 'iife',
  })
  return outputFiles[0]?.text ?? ''
}

/** The views of what the checker finds. */
const viewsOf = async (
  checker: Checker,
  steps: readonly Step[],
  parts: RecordParts = {},
): Promise<readonly EvidenceView[]> => {
  const { evidence, status, summary } = await judgeSteps(checker, steps, parts)
  expect(status, summary).toBe('invalid')
  // As they are read back from the disk.
  return JSON.parse(JSON.stringify(evidence.flatMap(({ view }) => view ?? []))) as EvidenceView[]
}

const staleRead = (key: string): readonly Step[] => [
  ...Array.from({ length: 14 }, (_, i) => done(0, 'write', { key, value: i })).flat(),
  [2, 'invoke', 'write', { key, value: 20 }],
  [3, 'invoke', 'cas', { key, expected: 13, next: 30 }],
  ...done(1, 'read', { key }, { key, value: 12 }),
  [2, 'ok', 'write'],
]

/** A cycle of so many transactions, with edges of all kinds of data, all open at once. */
const cycle = (count: number, name: (i: number) => string): readonly Step[] => {
  const ops: [string, string, unknown][][] = Array.from({ length: count }, () => [])
  const final: [string, string, unknown][] = []
  for (let i = 0; i < count; i++) {
    const [from, to, key] = [ops[i], ops[(i + 1) % count], name(i)]
    if (i % 3 === 0) from?.push(['append', key, 1]) && to?.push(['r', key, [1]])
    else if (i % 3 === 1) from?.push(['append', key, 1]) && to?.push(['append', key, 2])
    else from?.push(['r', key, []]) && to?.push(['append', key, 1])
    if (i % 3 !== 0) final.push(['r', key, i % 3 === 1 ? [1, 2] : [1]])
  }
  const asked = (some: readonly [string, string, unknown][]): unknown =>
    some.map(([f, key, value]) => [f, key, f === 'r' ? null : value])
  return [
    ...ops.map((some, i): Step => [i, 'invoke', 'txn', asked(some)]),
    ...ops.map((some, i): Step => [i, 'ok', 'txn', some]),
    ...(final.length === 0 ? [] : done(count, 'txn', asked(final), final)),
  ]
}

const sink = (keys: readonly string[]): readonly SinkLine[] => [
  { type: 'start', mode: 'naive', clockMs: 0 },
  ...keys.map(
    (key, i): SinkLine => ({
      type: 'request',
      seq: i + 1,
      clockMs: i,
      request: { key, resource: 1, version: 1 },
      token: i,
      worker: 'n1',
      attempt: 1,
      refused: null,
    }),
  ),
]

describeWithBrowser('views of evidence', () => {
  let browser: Browser
  let html: string
  beforeAll(async () => {
    fs.mkdirSync(SCREENSHOTS, { recursive: true })
    const script = (await bundle()).replaceAll('</script', '<\\/script')
    html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>views</title><style>${PAGE_STYLE}</style><body><main><div id="views"></div></main><script>${script}</script></body></html>`
    browser = await launchBrowser()
  })
  afterAll(() => browser.close())

  const errors: string[] = []
  const open = async (
    views: readonly EvidenceView[],
    name: string,
    colorScheme: 'light' | 'dark' = 'light',
  ): Promise<Page> => {
    expect(views.length, name).toBeGreaterThan(0)
    const page = await browser.newPage({ viewport: { width: 1280, height: 900 }, colorScheme })
    page.on('pageerror', (error) => errors.push(error.message))
    page.on('request', (request) => {
      // The page itself is no request; an image of hostile text would be one.
      errors.push(request.url())
    })
    await page.setContent(html)
    await page.evaluate(
      ([all, hostile]) => {
        const { drawView } = globalThis as unknown as {
          drawView: (view: unknown, names: unknown) => HTMLElement
        }
        const names = {
          operation: (index: number): string => `operation ${index} by process 1 ${hostile}`,
          sample: (): number => 7,
        }
        const panels = (all as readonly unknown[]).map((view) => {
          const panel = document.createElement('div')
          panel.className = 'panel'
          panel.append(drawView(view, names))
          return panel
        })
        document.querySelector('#views')?.append(...panels)
      },
      [views, name.startsWith('hostile') ? HOSTILE : ''] as const,
    )
    await page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`), fullPage: true })
    expect(errors).toEqual([])
    return page
  }

  it('a stale read: the order, what cannot be placed, and why', async () => {
    const views = await viewsOf(linearizability({ initial: null }), staleRead('x'))
    const page = await open(views, 'linearization')
    const text = await page.innerText('.view-linearization')
    expect(text).toContain('cannot be placed: operation 30')
    expect(text).toContain('read -> 12 is not possible when it is 13')
    expect(text).toMatch(/\d+ earlier steps/)
    await page.click('.view-blocked a')
    expect(new URL(page.url()).hash || (await page.evaluate(() => location.hash))).toBe('#op=30')
    await page.focus('summary')
    await page.keyboard.press('Enter')
    expect(await page.innerText('.view-steps')).toContain('operation 0')
  })

  it.each([2, 7, 40])(
    'a cycle of %i transactions: every node is a link, every edge is told',
    async (count) => {
      const views = (
        await viewsOf(
          listAppend,
          cycle(count, (i) => `k${i}`),
        )
      ).filter((view) => view.kind === 'cycle' && view.edges.length === count)
      const page = await open(views.slice(0, 1), `cycle-${count}`)
      expect(await page.locator('.view-node').count()).toBe(count)
      expect(await page.locator('.view-graph .view-edge').count()).toBe(count)
      expect(await page.innerText('.view-told')).toContain(`T${count} → T1`)
      const boxes = await page.locator('.view-label').evaluateAll((all) =>
        all.map((label) => {
          const { x, y, width, height } = label.getBoundingClientRect()
          return { x, y, right: x + width, bottom: y + height }
        }),
      )
      const nodes = await page.locator('.view-node circle').evaluateAll((all) =>
        all.map((node) => {
          const { x, y, width, height } = node.getBoundingClientRect()
          return { x, y, right: x + width, bottom: y + height }
        }),
      )
      const all = [...boxes, ...nodes]
      expect(boxes).toHaveLength(count)
      for (const [i, a] of all.entries())
        for (const b of all.slice(i + 1))
          expect(a.right < b.x || b.right < a.x || a.bottom < b.y || b.bottom < a.y, 'nothing overlaps').toBe(
            true,
          )
      await page.locator('.view-node').first().focus()
      await page.keyboard.press('Enter')
      expect(await page.evaluate(() => location.hash)).toMatch(/^#op=\d+$/)
    },
  )

  it('a ledger with duplicates: only the marked rows, by keyboard', async () => {
    const keys = ['a', 'b', 'c', 'd']
    const submits = keys.flatMap((key) => done(0, 'submit', { key, resource: 1, version: 1 }, { key }))
    const steps = [...submits, ...done(9, 'pending', {}, { pending: [], done: 4 })]
    const views = await viewsOf(effects, steps, { services: { sink: sink(['a', 'b', 'b', 'c', 'd']) } })
    const page = await open(views, 'table')
    const rows = page.locator('.view-table').first().locator('tbody tr:visible')
    expect(await rows.count()).toBe(4)
    expect(await rows.first().innerText()).toContain('✗ duplicated')
    expect(await rows.first().locator('a[href="#effect=sink%3A2"]').count()).toBe(1)
    await page.locator('.view-filter input').first().focus()
    await page.keyboard.press('Space')
    expect(await rows.count()).toBe(1)
  })

  it('a long table says what it leaves out, and scrolls', async () => {
    const take = (value: number) => done(1, 'dequeue', { key: 1 }, { key: 1, value })
    const put = (value: number) => done(0, 'enqueue', { key: 1, value })
    const twice = Array.from({ length: 400 }, (_, i) => [...put(i), ...take(i), ...take(i)]).flat()
    const fine = Array.from({ length: 50 }, (_, i) => [...put(1000 + i), ...take(1000 + i)]).flat()
    const page = await open(await viewsOf(totalQueue, [...twice, ...fine]), 'long-table')
    expect(await page.innerText('.view-table')).toContain(
      'Not listed: 100 more rows with a mark and 50 rows with nothing wrong.',
    )
    const height = await page.locator('.view-scroll').evaluate((box) => box.clientHeight)
    expect(height).toBeLessThan(500)
  })

  it('hostile text stays text, in all views', async () => {
    const all = [
      ...(await viewsOf(linearizability({ initial: null }), staleRead(HOSTILE))),
      ...(await viewsOf(
        listAppend,
        cycle(3, (i) => `${HOSTILE}${i}`),
      )),
      ...(await viewsOf(totalQueue, [
        ...done(0, 'enqueue', { key: HOSTILE, value: HOSTILE }),
        ...done(1, 'dequeue', { key: HOSTILE }, { key: HOSTILE, value: HOSTILE }),
        ...done(1, 'dequeue', { key: HOSTILE }, { key: HOSTILE, value: HOSTILE }),
      ])),
    ]
    expect(new Set(all.map(({ kind }) => kind)).size).toBe(3)
    const page = await open(all, 'hostile')
    expect(await page.locator('img').count()).toBe(0)
    expect(await page.title()).toBe('views')
    const text = await page.innerText('#views')
    expect(text).toContain('<img src=x onerror=')
    expect(text).toContain('\\u{202e}')
    for (const hidden of ['\u202e', '\u001b']) expect(text).not.toContain(hidden)
  })

  it('dark', async () => {
    const views = [
      ...(await viewsOf(linearizability({ initial: null }), staleRead('x'))),
      ...(
        await viewsOf(
          listAppend,
          cycle(4, (i) => `k${i}`),
        )
      ).slice(0, 1),
    ]
    const page = await open(views, 'dark', 'dark')
    expect(await page.locator('.view').count()).toBe(2)
  })
})
