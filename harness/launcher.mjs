#!/usr/bin/env node
/**
 * Starts faultline under Node 24 from the npm package `node`; this file itself runs under any Node from 20 on. In a
 * checkout it first installs the npm dependencies if they do not match the lock file.
 */
import { spawn, spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import os from 'node:os'
import path from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'

const NEEDED_MAJOR = 24
const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)))
const source = path.join(root, 'harness', 'main.ts')
const packed = path.join(root, '.dist', 'harness', 'main.js')
// Node does not strip types below node_modules, so an installed package runs the JavaScript that `npm pack` emitted.
const isInstalled = root.split(path.sep).includes('node_modules')
const main = isInstalled ? packed : source

// A run starts many Node processes, and half of their start is compiling. Where the folder cannot be written, they compile.
const cache = process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), '.cache')
process.env.NODE_COMPILE_CACHE ??= path.join(cache, 'faultline', 'compiled')

const installDependencies = () => {
  const lock = path.join(root, 'package-lock.json')
  const stamp = path.join(root, 'node_modules', '.package-lock.json')
  if (!fs.existsSync(lock)) return
  if (fs.existsSync(stamp) && fs.statSync(stamp).mtimeMs >= fs.statSync(lock).mtimeMs) return
  console.error('$ npm ci')
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: root,
    stdio: ['ignore', 2, 2],
  })
  if (status !== 0) {
    console.error('faultline: npm ci failed; the reason is above.')
    process.exit(254)
  }
}

const findNode = () => {
  try {
    const manifest = createRequire(path.join(root, 'package.json')).resolve('node/package.json')
    const binary = path.join(path.dirname(manifest), 'bin', 'node')
    return fs.existsSync(binary) ? binary : null
  } catch {
    return null
  }
}

// Almost all objects die at once, so a young generation of more megabytes only takes memory (store/young-heap.ts).
const YOUNG = '--max-semi-space-size=16'

const runUnder = (node) => {
  // If this process is killed, the controller gets a SIGTERM and stops everything.
  const argv = ['--pdeathsig', 'TERM', '--', node, YOUNG, main, ...process.argv.slice(2)]
  const child = spawn('setpriv', argv, { stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'])
    process.on(signal, () => signal !== 'SIGINT' && child.kill(signal))
  child.on('error', (error) => {
    console.error(`faultline: ${error.message}. util-linux (setpriv) is needed: apt-get install util-linux`)
    process.exit(254)
  })
  child.on('exit', (code) => process.exit(code ?? 254))
}

if (!isInstalled) installDependencies()
if (Number(process.versions.node.split('.')[0]) >= NEEDED_MAJOR) {
  process.argv[1] = main
  await import(pathToFileURL(main).href)
} else {
  const node = findNode()
  if (node === null) {
    console.error(
      'faultline: Node 24 is needed, but the npm package `node` that contains it is not installed: npm install',
    )
    process.exit(254)
  }
  runUnder(node)
}
