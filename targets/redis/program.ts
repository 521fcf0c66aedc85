/** Debian's redis-server as a process of a node. */
import path from 'node:path'
import type { OptionSpec } from '../../harness/api/options.ts'
import type { ProcessSpec } from '../../harness/api/target.ts'
import { CLIENT_PORT } from './ports.ts'

/** The server and the libraries that it needs, for machines where it is not installed. */
const PACKAGES = 'redis-server redis-tools libatomic1 libjemalloc2 liblua5.1-0 liblzf1 lua-bitop lua-cjson'

/** A Sentinel is the same program in another mode. */
const PROGRAM = 'redis-server'

export const redisPrograms: Readonly<Record<string, string>> = { [PROGRAM]: PACKAGES }

/** @param program resolves a program's name to its path */
export const serverProcess = (
  name: string,
  args: readonly string[],
  program: (name: string) => string,
): ProcessSpec => {
  const server = program(PROGRAM)
  // If the package was only unpacked, its libraries are beside it. Otherwise this folder does not exist.
  const libraries = path.join(path.dirname(path.dirname(server)), 'lib/x86_64-linux-gnu')
  return {
    name,
    argv: [server, ...args],
    env: server.includes('/') ? { LD_LIBRARY_PATH: libraries } : {},
  }
}

/** When the append-only file is fsynced. */
export const appendfsyncOption = {
  type: 'string',
  default: 'always',
  choices: ['always', 'everysec', 'no'],
  description:
    'when the append-only file is fsynced; `always`: before each reply, so that nothing acknowledged is lost; `everysec` (Redis’s default) may lose seconds of it, even by a kill',
} as const satisfies OptionSpec

/** Settings of a server that keeps its data in an append-only file alone: name -> value. */
export const serverSettings = (
  address: string,
  directory: string,
  appendfsync: (typeof appendfsyncOption.choices)[number],
): Readonly<Record<string, string>> => ({
  bind: address,
  port: String(CLIENT_PORT),
  dir: directory,
  'protected-mode': 'no',
  daemonize: 'no',
  save: '',
  appendonly: 'yes',
  appendfsync,
})

/** What Redis prints only if something is broken. */
export const redisLogPatterns = {
  crash: '=== REDIS BUG REPORT START',
  corruption: 'Bad file format reading the append only file|Internal error in RDB reading|Wrong RDB checksum',
}
