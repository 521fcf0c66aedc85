/** The server: who may ask, and what each address shows. It reads, and writes nothing but reports that are missing. */
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { pipeline } from 'node:stream/promises'
import { build } from 'esbuild'
import { renderReport } from '../../report/render.ts'
import { FILES, readFindings, readRunFile, readVerdict } from '../../store/run-store.ts'
import { UserError } from '../../support/assert.ts'
import { judgedRun } from '../run/judge.ts'
import { typed } from '../shell.ts'
import { readTrends } from '../suite/stored-suites.ts'
import { type ComparedRun, compare } from './compare.ts'
import { contentType, fileOf, filesOf, isOwnPage, strangerIn } from './files.ts'
import { Live } from './live.ts'
import { comparePage, indexPage, problemPage, runPage } from './pages.ts'
import { type RunRow, Runs } from './runs.ts'
import { trendPage } from './trend-page.ts'

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
/**
 * For pages that lie in a run's folder. Somebody else may have put them there: in a sandbox they have no origin, so that they
 * can read nothing else of this server. A report has a stricter policy of its own besides.
 */
const STORED_PAGE_POLICY =
  "sandbox allow-scripts allow-popups allow-popups-to-escape-sandbox; default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
const STORED_FILE_POLICY = "sandbox; default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
/** Of every answer. No other site may embed what is served here, or reach the window that shows it. */
const HEADERS: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
}
/** How often a run in progress is looked at. */
const LOOK_MS = 500

class NotFound extends Error {}

const scripts = new Map<string, Promise<string>>()

/** A script of the pages, bundled once. */
const script = (name: 'runs' | 'live'): Promise<string> => {
  const known = scripts.get(name)
  if (known !== undefined) return known
  const extension = import.meta.filename.endsWith('.ts') ? 'ts' : 'js'
  const entry = path.join(import.meta.dirname, 'page', `${name}.${extension}`)
  const bundled = build({
    entryPoints: [entry],
    bundle: true,
    minify: true,
    write: false,
    format: 'iife',
  }).then(({ outputFiles }) => outputFiles[0]?.text ?? '')
  scripts.set(name, bundled)
  return bundled
}

/** From the small files of a run: its history may be large, and tells nothing more. */
const comparedRun = (dir: string): ComparedRun => {
  const verdict = readVerdict(dir)
  if (verdict === null) throw new NotFound(notJudged(dir))
  return { ...readRunFile(dir), verdict, findings: readFindings(dir)?.findings ?? null }
}

const notJudged = (dir: string): string =>
  `This run has no verdict: faultline check ${typed(path.relative('.', dir))} judges it, once it is over.`

/** Runs that a run can be compared with: of the same target and workload, earlier valid ones of the same faults first. */
const comparable = (row: RunRow, rows: readonly RunRow[]): readonly RunRow[] => {
  const rankOf = (other: RunRow): number =>
    (other.started < row.started ? 0 : 4) +
    (other.state === 'valid' ? 0 : 2) +
    (other.nemeses === row.nemeses && other.environment === row.environment ? 0 : 1)
  const isJudged = ({ state }: RunRow): boolean => ['valid', 'invalid', 'unknown'].includes(state)
  return rows
    .filter(
      (other) =>
        other.name !== row.name &&
        other.target === row.target &&
        other.workload === row.workload &&
        isJudged(other),
    )
    .toSorted((a, b) => rankOf(a) - rankOf(b) || b.started.localeCompare(a.started))
}

/** Whatever reads a whole run would follow it out of the results folder. */
const requireNoStranger = (dir: string): void => {
  const name = strangerIn(dir)
  if (name !== null)
    throw new NotFound(
      `${name} in this run's folder is a link or no file, which faultline never makes: remove it.`,
    )
}

class Handler {
  readonly #results: string
  readonly #runs: Runs

  constructor(results: string) {
    this.#results = results
    this.#runs = new Runs(results, () => Date.now())
  }

  async answer(url: URL, response: http.ServerResponse): Promise<void> {
    const parts = url.pathname.split('/').map(decodeURIComponent)
    if (url.pathname === '/') return this.#html(response, indexPage(this.#runs.list(), this.#results))
    if (url.pathname === '/trend') return this.#html(response, trendPage(readTrends(this.#results)))
    if (parts[1] === 'assets' && (parts[2] === 'runs.js' || parts[2] === 'live.js')) {
      response.setHeader('content-type', 'text/javascript; charset=utf-8')
      response.end(await script(parts[2] === 'runs.js' ? 'runs' : 'live'))
      return
    }
    const [, kind, group, time, ...below] = parts
    const name = `${group}/${time}`
    const dir = this.#runs.folderOf(name)
    const row = this.#runs.row(name)
    if (kind !== 'run' || dir === null || row === null) throw new NotFound('There is no such run.')
    requireNoStranger(dir)
    const file = below.join('/')
    if (file === '') {
      const others = comparable(row, this.#runs.list())
      return this.#html(response, runPage(row, filesOf(dir), others))
    }
    if (file === 'events') return this.#events(dir, name, response)
    if (file === 'compare') return this.#compare(dir, row, url.searchParams.get('with') ?? '', response)
    return this.#file(dir, file, response)
  }

  #html(response: http.ServerResponse, html: string): void {
    response.setHeader('content-type', 'text/html; charset=utf-8')
    response.setHeader('content-security-policy', POLICY)
    response.end(html)
  }

  #compare(dir: string, row: RunRow, other: string, response: http.ServerResponse): void {
    const before = this.#runs.row(other)
    const folder = this.#runs.folderOf(other)
    if (before === null || folder === null) throw new NotFound('There is no run to compare with.')
    requireNoStranger(folder)
    const found = compare(comparedRun(folder), comparedRun(dir))
    this.#html(response, comparePage(before, row, found))
  }

  async #file(dir: string, name: string, response: http.ServerResponse): Promise<void> {
    if (name === FILES.report && fileOf(dir, name) === null) {
      // A run in progress must not be judged, and looking at one that was not judged must not do it.
      if (fileOf(dir, FILES.verdict) === null) throw new NotFound(notJudged(dir))
      await renderReport(dir, await judgedRun(dir))
    }
    const file = fileOf(dir, name)
    if (file === null) throw new NotFound('There is no such file.')
    response.setHeader('content-type', contentType(name))
    response.setHeader('content-security-policy', isOwnPage(name) ? STORED_PAGE_POLICY : STORED_FILE_POLICY)
    // The kernel refuses what has become a link since.
    const flags = fs.constants.O_RDONLY | fs.constants.O_NOFOLLOW
    await pipeline(fs.createReadStream('', { fd: fs.openSync(file, flags) }), response)
  }

  #events(dir: string, name: string, response: http.ServerResponse): void {
    response.setHeader('content-type', 'text/event-stream')
    response.setHeader('cache-control', 'no-store')
    const live = new Live(dir)
    let last = ''
    const look = (): void => {
      const next = JSON.stringify(live.look())
      if (next !== last) response.write(`event: state\ndata: ${next}\n\n`)
      last = next
      if (this.#runs.row(name)?.state !== 'running') response.end('event: over\ndata: \n\n')
    }
    if (response.req.method === 'HEAD') {
      response.end()
      return
    }
    look()
    const timer = setInterval(() => {
      try {
        look()
      } catch {
        response.end()
      }
    }, LOOK_MS)
    response.on('close', () => clearInterval(timer))
  }
}

/** Another site's page may know a name that leads here: only our own names are answered (DNS rebinding). */
const isOurs = (host: string | undefined, port: number): boolean =>
  ['127.0.0.1', 'localhost'].some(
    // A browser leaves out the port of HTTP.
    (name) => host === `${name}:${port}` || (port === 80 && host === name),
  )

const refuse = (response: http.ServerResponse, code: number, text: string): void => {
  response.writeHead(code, { 'content-type': 'text/html; charset=utf-8', 'content-security-policy': POLICY })
  response.end(problemPage(text))
}

const fail = (response: http.ServerResponse, error: unknown): void => {
  if (response.headersSent) {
    response.destroy()
    return
  }
  if (error instanceof NotFound || error instanceof URIError) return refuse(response, 404, error.message)
  if (error instanceof UserError) return refuse(response, 503, error.message)
  refuse(response, 500, error instanceof Error ? error.message : String(error))
}

/** A server for the runs below a folder; it does not listen yet. */
export const resultsServer = (results: string): http.Server => {
  const handler = new Handler(results)
  const server = http.createServer((request, response) => {
    for (const [name, value] of Object.entries(HEADERS)) response.setHeader(name, value)
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    if (!isOurs(request.headers.host, port)) return refuse(response, 421, 'Only 127.0.0.1 is served here.')
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return refuse(response, 405, 'Only GET is served here.')
    const url = URL.parse(request.url ?? '/', `http://127.0.0.1:${port}`)
    if (url === null) return refuse(response, 400, 'This is no address.')
    handler.answer(url, response).catch((error: unknown) => fail(response, error))
  })
  return server
}
