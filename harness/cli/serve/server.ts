/** The server: who may ask, and what each address shows. It reads, and writes nothing but reports that are missing. */
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { build } from 'esbuild'
import { findingsOf } from '../../findings/findings.ts'
import { renderReport } from '../../report/render.ts'
import { FILES } from '../../store/run-store.ts'
import { UserError } from '../../support/assert.ts'
import { judgedRun } from '../run/judge.ts'
import { readTrends } from '../suite/stored-suites.ts'
import { type ComparedRun, compare } from './compare.ts'
import { contentType, fileOf, filesOf, isOwnPage } from './files.ts'
import { Live } from './live.ts'
import { comparePage, indexPage, problemPage, runPage } from './pages.ts'
import { type RunRow, Runs } from './runs.ts'
import { trendPage } from './trend-page.ts'

const POLICY =
  "default-src 'none'; script-src 'self'; style-src 'unsafe-inline'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'"
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

const comparedRun = async (dir: string): Promise<ComparedRun> => {
  const { record, verdict } = await judgedRun(dir)
  return { record, verdict, findings: findingsOf(record, verdict) }
}

/** Runs that a run can be compared with: of the same target and workload, earlier valid ones of the same faults first. */
const comparable = (row: RunRow, rows: readonly RunRow[]): readonly RunRow[] => {
  const rankOf = (other: RunRow): number =>
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

  async #compare(dir: string, row: RunRow, other: string, response: http.ServerResponse): Promise<void> {
    const before = this.#runs.row(other)
    const folder = this.#runs.folderOf(other)
    if (before === null || folder === null) throw new NotFound('There is no run to compare with.')
    const found = compare(await comparedRun(folder), await comparedRun(dir))
    this.#html(response, comparePage(before, row, found))
  }

  async #file(dir: string, name: string, response: http.ServerResponse): Promise<void> {
    if (name === FILES.report && fileOf(dir, name) === null) await renderReport(dir, await judgedRun(dir))
    const file = fileOf(dir, name)
    if (file === null) throw new NotFound('There is no such file.')
    response.setHeader('content-type', contentType(name))
    // A report has a policy of its own, and anything else is text.
    if (!isOwnPage(name)) response.setHeader('content-security-policy', "default-src 'none'")
    await new Promise<void>((resolve, reject) => {
      fs.createReadStream(file).on('error', reject).pipe(response).on('close', resolve)
    })
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
      if (this.#runs.row(name)?.state !== 'running') response.write('event: over\ndata: \n\n')
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
  host === `127.0.0.1:${port}` || host === `localhost:${port}`

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
    response.setHeader('x-content-type-options', 'nosniff')
    response.setHeader('referrer-policy', 'no-referrer')
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    if (!isOurs(request.headers.host, port)) return refuse(response, 421, 'Only 127.0.0.1 is served here.')
    if (request.method !== 'GET' && request.method !== 'HEAD')
      return refuse(response, 405, 'Only GET is served here.')
    const url = new URL(request.url ?? '/', `http://127.0.0.1:${port}`)
    handler.answer(url, response).catch((error: unknown) => fail(response, error))
  })
  return server
}
