import fs from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { temporaryFolder } from '../../testing/command.ts'
import { chooseSuite, readConfig } from './config.ts'

const reading = async (text: string, name = 'c.yaml') => {
  using folder = temporaryFolder()
  const file = path.join(folder.path, name)
  fs.writeFileSync(file, text)
  return await readConfig(file)
}

it('reads TypeScript and YAML as the same', async () => {
  const config = { suites: [{ name: 's', targets: ['raft'], seeds: 3, budget: '2h' }] }
  const module = `export default ${JSON.stringify(config)}`
  expect(await reading(module, 'c.ts')).toEqual(config)
  expect(await reading('suites:\n  - { name: s, targets: [raft], seeds: 3, budget: 2h }')).toEqual(config)
})

it.each([
  ['suites: []', /suites: .*>=1/],
  ['suites: [{ name: s, targets: [raft], sedes: 3 }]', /suites\.0: .*sedes/],
  ['suites: [{ name: s, targets: [{ workload: queue }] }]', /names no target/],
  ['suites: [{ name: .., targets: [raft] }]', /suites\.0\.name: letters/],
  ['suites: [{ name: s, targets: [raft], budget: long }]', /budget: a duration/],
  ['suites: [{ name: s, targets: [raft], settings: { timelimit: 3s } }]', /timelimit/],
  ['suites: [', /is not YAML/],
  ['', /default export/],
])('refuses %s and says where', async (text, said) => {
  await expect(reading(text)).rejects.toThrow(said)
})

it('says that there is no file', async () => {
  await expect(readConfig('/nowhere/c.yaml')).rejects.toThrow('There is no configuration at /nowhere/c.yaml')
})

it('asks which suite is meant where there are several', () => {
  const suites = [
    { name: 'a', targets: ['raft'] },
    { name: 'b', targets: ['raft'] },
  ]
  expect(chooseSuite({ suites: suites.slice(0, 1) }, undefined).name).toBe('a')
  expect(chooseSuite({ suites }, 'b').name).toBe('b')
  expect(() => chooseSuite({ suites }, undefined)).toThrow('--suite a, or --suite b')
  expect(() => chooseSuite({ suites }, 'c')).toThrow('c')
})
