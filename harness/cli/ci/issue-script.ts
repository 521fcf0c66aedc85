/**
 * The program that opens issues for new findings: JavaScript for any Node from 20 on, without packages. It stands in the
 * workflow as text, where its user can read and change it. Sentences of findings contain whatever a cluster sent: they are
 * arguments and JSON, never shell, and stand in the issue as a block of code, where no markup or mention takes effect.
 */

/** How to look for an open issue and how to open one: functions `isOpen(fingerprint)` and `open(title, body)`. */
const PLATFORMS = {
  github: `const { execFileSync } = require('node:child_process')
const gh = (...words) => execFileSync('gh', words, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
const isOpen = async (fingerprint) =>
  JSON.parse(gh('issue', 'list', '--state', 'open', '--search', fingerprint + ' in:title', '--json', 'title', '--limit', '100'))
    .some(({ title }) => title.includes(fingerprint))
const open = async (title, body) => console.log(gh('issue', 'create', '--title', title, '--body', body).trim())`,
  gitlab: `const issues = process.env.CI_API_V4_URL + '/projects/' + process.env.CI_PROJECT_ID + '/issues'
const ask = async (url, body) => {
  const headers = { 'PRIVATE-TOKEN': process.env.FAULTLINE_TOKEN, 'content-type': 'application/json' }
  const response = await fetch(url, body === undefined ? { headers } : { method: 'POST', headers, body: JSON.stringify(body) })
  if (!response.ok) throw new Error(url + ': ' + response.status + ' ' + (await response.text()).slice(0, 500))
  return response.json()
}
const isOpen = async (fingerprint) =>
  (await ask(issues + '?state=opened&in=title&per_page=100&search=' + fingerprint))
    .some(({ title }) => title.includes(fingerprint))
const open = async (title, description) => console.log((await ask(issues, { title, description })).web_url)`,
} as const

export type Platform = keyof typeof PLATFORMS

const MOST_ISSUES = 20

/** Reads the suite.json that its first argument names. */
export const issueScript = (platform: Platform): string => `const fs = require('node:fs')
${PLATFORMS[platform]}
const shown = (text, most) => String(text).replace(/\\s+/g, ' ').replace(/~~~+/g, '~~').slice(0, most)
const main = async () => {
  const suite = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'))
  const fresh = suite.findings.filter(({ knownSince }) => knownSince === null)
  if (fresh.length > ${MOST_ISSUES}) console.log(fresh.length + ' new findings: issues for the first ${MOST_ISSUES}')
  for (const { fingerprint, sentence, runs } of fresh.slice(0, ${MOST_ISSUES})) {
    if (!/^[0-9a-f]+$/.test(fingerprint) || (await isOpen(fingerprint))) continue
    const again = suite.results.filter(({ runDir }) => runs.includes(runDir)).map(({ command }) => shown(command, 1000))
    const body = ['~~~~', shown(sentence, 2000), '', ...again.slice(0, 5), '~~~~', '', process.env.RUN_URL || ''].join('\\n')
    await open('faultline ' + fingerprint + ' in ' + suite.suite, body)
  }
}
main().catch((error) => { console.error(error.message); process.exit(1) })
`
