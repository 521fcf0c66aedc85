/** `faultline serve`: the stored runs in a browser, on loopback. */
import { once } from 'node:events'
import fs from 'node:fs'
import http from 'node:http'
import path from 'node:path'
import { renderReport } from '../../report/render.ts'
import { FILES, readVerdict } from '../../store/run-store.ts'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { judgedRun } from '../run/judge.ts'

interface StoredRun {
  readonly name: string
  readonly dir: string
}

/** Runs, latest first. */
const listRuns = (results: string): readonly StoredRun[] => {
  if (!fs.existsSync(results)) return []
  const groups = fs.readdirSync(results, { withFileTypes: true }).filter((entry) => entry.isDirectory())
  const runs = groups.flatMap((group) =>
    fs
      .readdirSync(path.join(results, group.name))
      .map((time) => ({ name: `${group.name}/${time}`, dir: path.join(results, group.name, time) }))
      .filter(({ dir }) => fs.existsSync(path.join(dir, FILES.run))),
  )
  return runs.sort((a, b) => path.basename(b.dir).localeCompare(path.basename(a.dir)))
}

const escapeHtml = (text: string): string => text.replace(/[&<>"]/g, (char) => `&#${char.charCodeAt(0)};`)

const indexPage = (results: string): string => {
  const rows = listRuns(results).map(({ name, dir }) => {
    const verdict = readVerdict(dir)
    return `<tr><td>${verdict?.status ?? 'not judged'}</td><td><a href="/${encodeURI(name)}/">${escapeHtml(name)}</a></td><td>${escapeHtml(verdict?.summary ?? '')}</td></tr>`
  })
  return `<!doctype html><meta charset="utf-8"><title>faultline results</title>
<style>body{font:15px system-ui;margin:2rem}td{padding:.2rem .8rem .2rem 0;vertical-align:top}</style>
<h1>Runs</h1><table>${rows.join('\n')}</table>`
}

/** The requested run, if it is listed. No other files are served. */
const findRun = (results: string, url: string): StoredRun | undefined => {
  const name = decodeURI(url).replace(/^\/|\/$/g, '')
  return listRuns(results).find((run) => run.name === name)
}

const handle = async (
  results: string,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> => {
  const url = request.url ?? '/'
  response.setHeader('content-type', 'text/html; charset=utf-8')
  if (url === '/') {
    response.end(indexPage(results))
    return
  }
  const run = findRun(results, url)
  if (run === undefined) {
    response.writeHead(404).end('There is no such run.')
    return
  }
  const file = path.join(run.dir, FILES.report)
  response.end(
    fs.readFileSync(fs.existsSync(file) ? file : await renderReport(run.dir, await judgedRun(run.dir))),
  )
}

export const serveCommand = async (results: string, { port }: { readonly port: number }): Promise<number> => {
  const server = http.createServer((request, response) => {
    handle(path.resolve(results), request, response).catch((error: Error) =>
      response.writeHead(500).end(error.message),
    )
  })
  server.listen(port, '127.0.0.1')
  try {
    await once(server, 'listening')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error
    throw new UserError(`Port ${port} is taken: choose another with --port.`)
  }
  process.stdout.write(`http://127.0.0.1:${port}/\n`)
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')])
  server.close()
  server.closeAllConnections()
  return EXIT_CODES.valid
}
