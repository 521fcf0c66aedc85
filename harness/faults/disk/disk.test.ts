import { expect, it } from 'vitest'
import { describeDisk } from './disk.ts'

it.each([
  ['6.1.0-28-amd64', true],
  ['6.2.0', false],
  ['6.18.44-fc', false],
  ['5.15.0', true],
  ['7.0-rc1', false],
])('on Linux %s it lacks O_TMPFILE: %j', (release, lacks) =>
  expect(describeDisk(release).includes('O_TMPFILE')).toBe(lacks),
)
