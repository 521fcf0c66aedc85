/**
 * Runs a script in a virtual machine, with a packed faultline: under a kernel that is not this machine's, with cgroup v2
 * alone, and with systemd. It is emulated by qemu, without KVM, so everything takes 10 to 20 times as long as here.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import fs from 'node:fs'
import path from 'node:path'
import { execa } from 'execa'
import { findProgram } from '../../environments/packages.ts'
import { missingLinuxRoot, PROJECT_ROOT } from '../capabilities.ts'
import { dependenciesDrive, makeEmpty, makeTar } from './drives.ts'
import { type Image, INSIDE } from './image.ts'

const QEMU = 'qemu-system-x86_64'
const MEMORY_MIB = 2048
const RESULTS_MIB = 256
/** Faultline inside the machine, as a command. */
export const FAULTLINE = `${INSIDE.faultline}/node_modules/node/bin/node ${INSIDE.faultline}/.dist/harness/main.js`

export const missingForMachine = (): string | null => {
  const missing = [QEMU, 'mmdebstrap', 'mke2fs'].filter((program) => findProgram(program) === null)
  if (process.arch !== 'x64') return 'a machine with x86-64'
  return missingLinuxRoot() ?? (missing.length === 0 ? null : missing.join(', '))
}

export interface MachineSpec {
  readonly image: Image
  /** A folder for its drives, and for what it leaves for its results: in `results` of this folder. */
  readonly folder: string
  /** Is run by sh as root. */
  readonly script: string
  /** Files beside the script: name -> path on this machine. */
  readonly files?: Readonly<Record<string, string>>
  readonly deadlineMs: number
}

export interface MachineResult {
  /** Of the script; null if it did not end before the deadline. */
  readonly exitCode: number | null
  /** What the script wrote to its standard output and standard error. */
  readonly output: string
  /** What the machine's kernel and systemd wrote to its console. */
  readonly console: string
}

/** The tarball that users get, unpacked. */
const unpackFaultline = async (folder: string): Promise<void> => {
  const { stdout } = await execa('npm', ['pack', '--pack-destination', folder, '--silent'], {
    cwd: PROJECT_ROOT,
  })
  const tarball = path.join(folder, stdout.trim().split('\n').at(-1) as string)
  const target = path.join(folder, 'faultline')
  fs.mkdirSync(target)
  await execa('tar', ['--extract', '--file', tarball, '--directory', target, '--strip-components=1'])
  fs.rmSync(tarball)
}

const makeInput = async ({ folder, script, files = {} }: MachineSpec, drive: string): Promise<void> => {
  const input = path.join(folder, 'input')
  fs.mkdirSync(input)
  await unpackFaultline(input)
  fs.writeFileSync(path.join(input, 'script'), script)
  for (const [name, file] of Object.entries(files)) fs.copyFileSync(file, path.join(input, name))
  await makeTar(input, drive)
  fs.rmSync(input, { recursive: true })
}

const driveOptions = (drives: readonly (readonly [file: string, how: string])[]): readonly string[] =>
  drives.flatMap(([file, how]) => ['-drive', `file=${file},format=raw,if=virtio,${how}`])

/** Of one processor, since several are emulated on one thread: on more than one, Node's compiled code crashes. */
const emulate = async (argv: readonly string[], deadlineMs: number): Promise<void> => {
  const machine = spawn('setpriv', ['--pdeathsig', 'KILL', '--', QEMU, ...argv], {
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const exited = once(machine, 'exit')
  const timer = setTimeout(() => machine.kill('SIGKILL'), deadlineMs)
  await exited.finally(() => clearTimeout(timer))
}

export const runInMachine = async (spec: MachineSpec): Promise<MachineResult> => {
  const { image, folder } = spec
  const fileOf = (name: string): string => path.join(folder, name)
  await makeInput(spec, fileOf('input.tar'))
  makeEmpty(fileOf('results.tar'), RESULTS_MIB)
  const argv = [
    ...['-accel', 'tcg,thread=single', '-cpu', 'max', '-smp', '1', '-m', String(MEMORY_MIB)],
    ...['-nodefaults', '-display', 'none', '-no-reboot'],
    ...['-kernel', image.kernel, '-initrd', image.initrd],
    ...['-append', 'root=/dev/vda rw console=ttyS0'],
    ...['-serial', `file:${fileOf('console')}`, '-serial', `file:${fileOf('output')}`],
    ...driveOptions([
      [image.drive, 'snapshot=on'],
      [await dependenciesDrive(), 'readonly=on'],
      [fileOf('input.tar'), 'readonly=on'],
      [fileOf('results.tar'), 'readonly=off'],
    ]),
  ]
  await emulate(argv, spec.deadlineMs)
  const read = (name: string): string => fs.readFileSync(fileOf(name), 'utf8')
  const ended = /^([\s\S]*)^exit (\d+)\n$/m.exec(read('output'))
  if (ended !== null) {
    fs.mkdirSync(fileOf('results'))
    await execa('tar', ['--extract', '--file', fileOf('results.tar'), '--directory', fileOf('results')])
  }
  return {
    exitCode: ended === null ? null : Number(ended[2]),
    output: ended?.[1] ?? read('output'),
    console: read('console'),
  }
}
