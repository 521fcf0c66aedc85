/**
 * THE EXAMPLE SERVER: replace it by your own.
 *
 * Registers over HTTP, on one node. What it has answered survives a kill: each change is on disk before it is answered.
 * Nothing has to be changed in it for faultline.
 *
 *     POST /read   {"key": 3}                              -> {"value": 5}; null: never written
 *     POST /write  {"key": 3, "value": 6}                  -> {}
 *     POST /cas    {"key": 3, "expected": 6, "next": 7}    -> {"applied": true}
 */
import fs from 'node:fs'
import http from 'node:http'

const [, , address, port] = process.argv
const LOG = 'changes.log'
const values = new Map()

// A kill may have cut the last line off: what was never answered may be lost.
const parse = (line) => {
  try {
    return [JSON.parse(line)]
  } catch {
    return []
  }
}
if (fs.existsSync(LOG))
  for (const { key, value } of fs.readFileSync(LOG, 'utf8').split('\n').flatMap(parse)) values.set(key, value)
const log = fs.openSync(LOG, 'a')

const change = (key, value) => {
  // The line begins on a new line, so that it is readable even after one that was cut off.
  fs.writeSync(log, `\n${JSON.stringify({ key, value })}`)
  fs.fsyncSync(log)
  values.set(key, value)
}

const commands = {
  '/read': ({ key }) => ({ value: values.get(key) ?? null }),
  '/write': ({ key, value }) => {
    change(key, value)
    return {}
  },
  '/cas': ({ key, expected, next }) => {
    const applied = (values.get(key) ?? null) === expected
    if (applied) change(key, next)
    return { applied }
  },
  '/ready': () => ({}),
}

http
  .createServer(async (request, response) => {
    let text = ''
    for await (const chunk of request) text += chunk
    const command = commands[request.url]
    if (command === undefined) response.writeHead(404).end('{"error": "no such command"}')
    else response.end(JSON.stringify(command(JSON.parse(text || '{}'))))
  })
  .listen(Number(port), address)
