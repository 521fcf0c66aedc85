/**
 * Scopes of systemd: under it, groups may be made only in a subtree that it delegates (https://systemd.io/CGROUP_DELEGATION).
 * A user other than root gets one from the user's own manager.
 */
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { LEAF } from './place.ts'

export const hasServiceManager = (): boolean => fs.existsSync('/run/systemd/system')

const isRoot = (): boolean => process.getuid?.() === 0

/** The user's manager is found by a variable that only logins set. */
const asUser = (): readonly string[] => {
  const { XDG_RUNTIME_DIR = `/run/user/${process.getuid?.()}` } = process.env
  return isRoot() ? [] : ['env', `XDG_RUNTIME_DIR=${XDG_RUNTIME_DIR}`]
}

const ofUser = (): readonly string[] => (isRoot() ? [] : ['--user'])

/**
 * Its arguments are the mount and a command. It moves itself into a group inside the scope and executes the command. It
 * forks nothing, since whoever started it takes its children for the command's.
 */
const ENTER = `
my ($mount, @command) = @ARGV;
open my $groups, '<', '/proc/self/cgroup' or die "/proc/self/cgroup: $!\\n";
my ($own) = map { /^0::(.*)$/ ? $1 : () } <$groups>;
my $leaf = "$mount$own/${LEAF}";
mkdir $leaf or die "$leaf: $!\\n";
open my $procs, '>', "$leaf/cgroup.procs" or die "$leaf: $!\\n";
print $procs $$;
close $procs or die "$leaf: $!\\n";
exec { $command[0] } @command or die "$command[0]: $!\\n";
`

/** A prefix that runs a command in a scope of its own, whose subtree is ours. The scope ends with its last process. */
export const inScope = (mount: string, unit: string): readonly string[] => [
  ...asUser(),
  ...['systemd-run', ...ofUser(), '--scope', '--quiet', '--collect', '--no-ask-password'],
  ...['--property=Delegate=yes', `--unit=${unit}`, '--'],
  ...['perl', '-e', ENTER, mount],
]

export type Delegation = { readonly controllers: readonly string[] } | { readonly why: string }

const TRIAL_TIMEOUT_MS = 30_000

const why = (said: string): string => {
  const user = isRoot() ? 'root' : os.userInfo().username
  const advice = isRoot()
    ? 'it needs systemd 244 or later, and perl'
    : `log in as ${user} instead of using su, or run \`loginctl enable-linger ${user}\` as root`
  return `systemd delegates no cgroup to ${user} (${said}): ${advice}`
}

/** Gets a scope for a moment, and tells which controllers it has. */
export const tryScope = (mount: string): Delegation => {
  const script = `cat "${mount}$(dirname "$(sed -n 's/^0:://p' /proc/self/cgroup)")/cgroup.controllers"`
  const [command, ...args] = inScope(mount, `faultline-trial-${process.pid}.scope`) as [string, ...string[]]
  const { status, stdout, stderr, error } = spawnSync(command, [...args, 'sh', '-c', script], {
    encoding: 'utf8',
    timeout: TRIAL_TIMEOUT_MS,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  if (status === 0) return { controllers: stdout.split(/\s+/).filter(Boolean) }
  return { why: why(error?.message ?? stderr.trim().split('\n')[0] ?? '') }
}

/** What to do where systemd delegates a subtree without that controller. */
export const whyNotDelegated = (controller: string): string =>
  isRoot()
    ? `this kernel has no ${controller} controller for cgroup v2`
    : `systemd delegates no ${controller} controller to users: as root, write the lines [Service] and ` +
      `Delegate=cpu cpuset io memory pids to ${path.join('/etc/systemd/system', 'user@.service.d/delegate.conf')}, ` +
      `run \`systemctl daemon-reload\` and \`systemctl restart user@${process.getuid?.()}\``

/** Ends what still runs in the scope. Does nothing if it is gone, as it is once nothing runs in it. */
export const stopScope = (unit: string): void => {
  const argv = [...asUser(), 'systemctl', ...ofUser(), 'stop', '--quiet', unit]
  const [command, ...args] = argv as [string, ...string[]]
  spawnSync(command, args, { stdio: 'ignore', timeout: TRIAL_TIMEOUT_MS })
}
