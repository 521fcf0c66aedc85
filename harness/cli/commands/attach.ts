/** `faultline attach` and `faultline release`: a cluster that is kept after its run. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { UserError } from '../../support/assert.ts'
import { EXIT_CODES } from '../../support/exit-codes.ts'
import { type Frozen, frozenClusters, type HeldNode, release } from '../run/hold.ts'
import { unknownName } from '../unknown-name.ts'

interface Chosen {
  readonly stateDir: string
  readonly frozen: Frozen
}

/** @throws UserError if there is none, or it is not clear which one is meant */
const chosenCluster = (run: string | undefined): Chosen => {
  const all = [...frozenClusters()].map(([stateDir, frozen]) => ({ stateDir, frozen }))
  const runs = all.map(({ frozen }) => path.relative('.', frozen.runDir))
  const meant = run === undefined ? all : all.filter(({ frozen }) => frozen.runDir === path.resolve(run))
  const [first, second] = meant
  if (all.length === 0)
    throw new UserError(
      'No cluster is kept on this machine: `faultline run --freeze 30m` keeps one if a promise was broken.',
    )
  if (first === undefined)
    throw new UserError(`No cluster of ${run} is kept. Kept are those of: ${runs.join(', ')}.`)
  if (second !== undefined)
    throw new UserError(`Several clusters are kept. Which one? --run ${runs.join(', or --run ')}`)
  return first
}

/** In the data directory, with bash where the node has it. */
const SHELL = 'cd "$1"; [ -t 0 ] && command -v bash > /dev/null && exec bash -i; exec sh'

/** Through the namespaces of the controller into those of the node: its pid counts only there. */
const shellIn = ({ controllerPid }: Frozen, { keeperPid, dataDir }: HeldNode): readonly string[] => {
  // Without root, the controller is root of a user namespace.
  const user = process.getuid?.() === 0 ? [] : ['--user', '--preserve-credentials']
  const enter = (pid: number, namespaces: readonly string[]): readonly string[] => [
    ...['nsenter', '--target', String(pid), ...namespaces, '--'],
  ]
  return [
    ...enter(controllerPid, [...user, '--pid', '--mount', '--net']),
    ...enter(keeperPid, ['--mount', '--net', '--uts']),
    ...['sh', '-c', SHELL, 'sh', dataDir],
  ]
}

export const attachCommand = async (
  name: string,
  { run }: { readonly run: string | undefined },
): Promise<number> => {
  const { frozen } = chosenCluster(run)
  const node = frozen.nodes.find((each) => each.name === name)
  if (node === undefined)
    throw unknownName(
      'node',
      name,
      frozen.nodes.map((each) => each.name),
    )
  const [program = '', ...argv] = shellIn(frozen, node)
  // The shell gets the signals of the terminal itself.
  process.on('SIGINT', () => {})
  const [code] = (await once(spawn(program, argv, { stdio: 'inherit' }), 'exit')) as [number | null]
  return code ?? EXIT_CODES.harnessFailed
}

export const releaseCommand = async ({ run }: { readonly run: string | undefined }): Promise<number> => {
  const { stateDir, frozen } = chosenCluster(run)
  release(stateDir)
  process.stdout.write(`released: ${path.relative('.', frozen.runDir)}\n`)
  return EXIT_CODES.valid
}
