import { execaSync } from 'execa'
import { describe, expect, it } from 'vitest'
import { describeWith, missingLinuxRoot } from '../testing/capabilities.ts'
import { commandOf } from './command.ts'

const SPEC = { name: 'server', argv: ['sh', '-c', 'id -un; id -gn; pwd; umask; echo $PPID'], env: {} }

const run = (change: object): readonly string[] => {
  const [program = '', ...rest] = commandOf({ ...SPEC, ...change })
  return execaSync(program, rest).stdout.split('\n')
}

describe('a command', () => {
  it('is the program’s own if nothing is asked for', () => expect(commandOf(SPEC)).toEqual(SPEC.argv))

  it('may be started in a directory and with a umask, and is a child of whoever started it', () => {
    const [, , directory, umask, parent] = run({ directory: '/usr', umask: 0o27 })
    expect([directory, umask, parent]).toEqual(['/usr', '0027', String(process.pid)])
  })
})

describeWith(missingLinuxRoot(), 'a command as another user', () => {
  it('has that user’s group, too', () => {
    const [user, group, directory, umask, parent] = run({ user: 'daemon', directory: '/', umask: 0o77 })
    expect([user, group, directory, umask, parent]).toEqual([
      'daemon',
      'daemon',
      '/',
      '0077',
      String(process.pid),
    ])
  })
})
