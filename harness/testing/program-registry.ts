/** A registry of PyPI, of npm and of Go modules on loopback, with one tiny program, and the settings that lead clients to it. */
import fs from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import { execaSync } from 'execa'
import { integrityOfFile, sha256OfFile } from '../environments/programs/checksum.ts'

const SCRIPT = '#!/bin/sh\necho tiny 1.0\n'
const WHEEL = 'tiny_server-1.0-py3-none-any.whl'
const ARCHIVE = 'tiny-server-1.0.0.tgz'
const SOURCES = 'tiny_sources-1.0.tar.gz'
const MODULE = 'tiny.test/words'

const write = (file: string, text: string, mode = 0o644): string => {
  fs.mkdirSync(path.dirname(file), { recursive: true })
  fs.writeFileSync(file, text, { mode })
  return file
}

/** Without entries for folders, which Go refuses. */
const ZIP = `
import pathlib, sys, zipfile
with zipfile.ZipFile(sys.argv[1], 'w') as archive:
    for file in sorted(pathlib.Path('.').rglob('*')):
        if file.is_file(): archive.write(file)
`

const zip = (file: string, cwd: string): void => {
  execaSync('python3', ['-c', ZIP, file], { cwd })
}

const makeWheel = (folder: string): string => {
  const content = path.join(folder, 'wheel')
  write(path.join(content, 'tiny_server/bin/tiny'), SCRIPT)
  const info = path.join(content, 'tiny_server-1.0.dist-info')
  write(path.join(info, 'METADATA'), 'Metadata-Version: 2.1\nName: tiny-server\nVersion: 1.0\n')
  write(path.join(info, 'WHEEL'), 'Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n')
  write(path.join(info, 'RECORD'), '')
  const file = path.join(folder, WHEEL)
  zip(file, content)
  return file
}

/** Its setup is part of it, so that nothing else is asked for; it leaves a file where it was run. */
const BACKEND = `
import os
def prepare_metadata_for_build_wheel(folder, settings=None):
    open(os.environ['TINY_SETUP_RAN'], 'w').close()
    os.mkdir(os.path.join(folder, 'tiny_sources-1.0.dist-info'))
    with open(os.path.join(folder, 'tiny_sources-1.0.dist-info/METADATA'), 'w') as file:
        file.write('Metadata-Version: 2.1\\nName: tiny-sources\\nVersion: 1.0\\n')
    return 'tiny_sources-1.0.dist-info'
def build_wheel(folder, settings=None, metadata=None):
    raise NotImplementedError
`

const makeSources = (folder: string): string => {
  const content = path.join(folder, 'sources')
  const root = path.join(content, 'tiny_sources-1.0')
  write(path.join(root, 'bin/tiny'), SCRIPT)
  write(path.join(root, 'backend.py'), BACKEND)
  const system = '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n'
  write(path.join(root, 'pyproject.toml'), system)
  write(path.join(root, 'PKG-INFO'), 'Metadata-Version: 2.1\nName: tiny-sources\nVersion: 1.0\n')
  const file = path.join(folder, SOURCES)
  execaSync('tar', ['--create', '--gzip', '--file', file, '--directory', content, 'tiny_sources-1.0'])
  return file
}

const makeArchive = (folder: string): string => {
  const content = path.join(folder, 'archive')
  write(path.join(content, 'package/bin/tiny'), SCRIPT, 0o755)
  write(path.join(content, 'package/links.json'), '[{"source":"bin/tiny","target":"lib/also"}]')
  write(path.join(content, 'package/package.json'), '{"name":"tiny-server","version":"1.0.0"}')
  const file = path.join(folder, ARCHIVE)
  execaSync('tar', ['--create', '--gzip', '--file', file, '--directory', content, 'package'])
  return file
}

const makeModule = (folder: string): string => {
  const content = path.join(folder, 'module')
  const root = path.join(content, `${MODULE}@v1.0.0`)
  write(path.join(root, 'go.mod'), `module ${MODULE}\n\ngo 1.21\n`)
  write(path.join(root, 'words.go'), 'package words\n\nconst Greeting = "tiny 1.0"\n')
  const file = path.join(folder, 'v1.0.0.zip')
  zip(file, content)
  return file
}

interface ProgramRegistry extends AsyncDisposable {
  /** Of the wheel. */
  readonly sha256: string
  /** Of the archive of sources, whose setup makes the file `setupRan`. */
  readonly sourcesSha256: string
  readonly setupRan: string
  /** Of npm's package. */
  readonly integrity: string
  /** The environment of clients that are to ask here. */
  readonly env: Readonly<Record<string, string>>
  /** Paths that were asked for. */
  readonly asked: readonly string[]
  /** From now on, the content of each program ends in the middle, and nothing more comes. */
  stall(): void
}

const listOf = (base: string, integrity: string): string =>
  JSON.stringify({
    name: 'tiny-server',
    'dist-tags': { latest: '1.0.0' },
    versions: {
      '1.0.0': {
        name: 'tiny-server',
        version: '1.0.0',
        dist: { tarball: `${base}/tiny-server/-/${ARCHIVE}`, integrity },
      },
    },
  })

/** @param folder where it may put its files */
export const startProgramRegistry = async (folder: string): Promise<ProgramRegistry> => {
  const [wheel, archive, module] = [makeWheel(folder), makeArchive(folder), makeModule(folder)]
  const sources = makeSources(folder)
  const setupRan = path.join(folder, 'setup-ran')
  const integrity = integrityOfFile(archive)
  const asked: string[] = []
  let isStalled = false
  const base = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}`
  const info = JSON.stringify({ Version: 'v1.0.0', Time: '2026-01-01T00:00:00Z' })
  const pages: Readonly<Record<string, () => string>> = {
    '/simple/tiny-server/': () => `<html><body><a href="/files/${WHEEL}">${WHEEL}</a></body></html>`,
    '/simple/tiny-sources/': () => `<html><body><a href="/files/${SOURCES}">${SOURCES}</a></body></html>`,
    '/tiny-server': () => listOf(base(), integrity),
    [`/${MODULE}/@v/list`]: () => 'v1.0.0\n',
    [`/${MODULE}/@v/v1.0.0.info`]: () => info,
    [`/${MODULE}/@v/v1.0.0.mod`]: () => `module ${MODULE}\n\ngo 1.21\n`,
  }
  const files: Readonly<Record<string, string>> = {
    [`/files/${WHEEL}`]: wheel,
    [`/files/${SOURCES}`]: sources,
    [`/tiny-server/-/${ARCHIVE}`]: archive,
    [`/${MODULE}/@v/v1.0.0.zip`]: module,
  }
  const server = http.createServer(({ url = '' }, response) => {
    asked.push(url)
    const page = pages[url]
    if (page !== undefined) {
      response.setHeader('content-type', url.startsWith('/simple/') ? 'text/html' : 'application/json')
      return response.end(page())
    }
    const file = files[url]
    if (file === undefined) return response.writeHead(404).end()
    const content = fs.readFileSync(file)
    response.setHeader('content-length', content.length)
    if (!isStalled) return response.end(content)
    return response.write(content.subarray(0, content.length / 2))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    sha256: sha256OfFile(wheel),
    sourcesSha256: sha256OfFile(sources),
    setupRan,
    integrity,
    env: {
      PIP_INDEX_URL: `${base()}/simple/`,
      PIP_FIND_LINKS: '',
      TINY_SETUP_RAN: setupRan,
      npm_config_registry: base(),
      npm_config_cache: path.join(folder, 'npm'),
      GOPROXY: base(),
      GOSUMDB: 'off',
      // Else the user's cache would keep what is only a test, and nobody could remove it.
      GOMODCACHE: path.join(folder, 'go'),
      GOFLAGS: '-modcacherw',
      // Its place depends on that of other caches, and Go's own library takes half a minute to build.
      GOCACHE: execaSync('go', ['env', 'GOCACHE']).stdout,
      GOMAXPROCS: '1',
    },
    asked,
    stall: () => {
      isStalled = true
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

export const TINY_MAIN = `package main

import (
	"fmt"

	"${MODULE}"
)

func main() { fmt.Println(words.Greeting) }
`

export const TINY_MODULE = `${MODULE}@v1.0.0`
