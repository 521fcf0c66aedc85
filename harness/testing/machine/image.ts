/**
 * The system of a virtual machine: Debian with its own kernel, systemd and cgroup v2, made of Debian's packages by
 * mmdebstrap. It is kept in the user's cache, under a name that follows from its recipe.
 */
import fs from 'node:fs'
import path from 'node:path'
import { execa } from 'execa'
import { aptSources } from '../../environments/docker/images.ts'
import { cached, keyOf, makeExt4 } from './drives.ts'

const SUITE = 'bookworm'
const PACKAGES = [
  'systemd',
  'systemd-sysv',
  'dbus',
  'libpam-systemd',
  'linux-image-cloud-amd64',
  'iproute2',
  'iptables',
  'procps',
  'util-linux',
  'kmod',
  'perl-base',
  'passwd',
]
const WITHOUT = ['man', 'locale', 'doc']
const SIZE_MIB = 3000

/** Where the machine's drives and results are inside it. */
export const INSIDE = { faultline: '/faultline', input: '/run/input', results: '/var/results' }

/**
 * What runs once it is up. Its drives are, in this order: its own, faultline's dependencies, the input (a tar) and the
 * results (a tar). The second serial line is for what the script says, and for its exit status.
 */
const MAIN = `#!/bin/sh
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 NO_COLOR=1
stty -F /dev/ttyS1 raw
{
  mkdir -p ${INSIDE.input} ${INSIDE.results} ${INSIDE.faultline}
  tar -xf /dev/vdc -C ${INSIDE.input} &&
  cp -r ${INSIDE.input}/faultline / &&
  mkdir -p ${INSIDE.faultline}/node_modules &&
  mount -o ro /dev/vdb ${INSIDE.faultline}/node_modules &&
  sh ${INSIDE.input}/script
  status=$?
  tar -cf /dev/vdd -C ${INSIDE.results} . && sync
  echo "exit $status"
} 2>&1 | cat >/dev/ttyS1
poweroff -f
`

const UNIT = `[Unit]
Description=The script of the machine
[Service]
Type=idle
ExecStart=/bin/sh /usr/local/sbin/machine
[Install]
WantedBy=multi-user.target
`

export interface Image {
  readonly kernel: string
  readonly initrd: string
  /** Is never written to. */
  readonly drive: string
}

const install = (root: string): void => {
  const unit = path.join(root, 'etc/systemd/system/machine.service')
  fs.writeFileSync(path.join(root, 'usr/local/sbin/machine'), MAIN)
  fs.writeFileSync(unit, UNIT)
  const wanted = path.join(root, 'etc/systemd/system/multi-user.target.wants')
  fs.mkdirSync(wanted, { recursive: true })
  fs.symlinkSync('/etc/systemd/system/machine.service', path.join(wanted, 'machine.service'))
}

const make = async (packages: readonly string[], folder: string): Promise<void> => {
  const root = path.join(folder, 'root')
  const exclude = WITHOUT.map((name) => `--dpkgopt=path-exclude=/usr/share/${name}/*`)
  const include = `--include=${packages.join(',')}`
  const argv = ['--variant=minbase', '--mode=root', include, ...exclude, SUITE, root, ...aptSources()]
  process.stderr.write(`$ mmdebstrap ${argv.join(' ')}\n`)
  await execa('mmdebstrap', argv)
  install(root)
  const boot = path.join(root, 'boot')
  for (const kind of ['vmlinuz', 'initrd']) {
    const name = fs.readdirSync(boot).find((file) => file.startsWith(kind))
    fs.copyFileSync(path.join(boot, name as string), path.join(folder, kind))
  }
  await makeExt4(root, path.join(folder, 'drive'), SIZE_MIB)
  fs.rmSync(root, { recursive: true })
}

/**
 * Takes a minute or two the first time.
 *
 * @param more Debian's packages that it has besides
 */
export const machineImage = async (more: readonly string[] = []): Promise<Image> => {
  const packages = [...PACKAGES, ...more]
  const key = keyOf({ SUITE, packages, WITHOUT, SIZE_MIB, MAIN, UNIT })
  const folder = await cached(`image-${key}`, (into) => make(packages, into))
  const fileOf = (name: string): string => path.join(folder, name)
  return { kernel: fileOf('vmlinuz'), initrd: fileOf('initrd'), drive: fileOf('drive') }
}
