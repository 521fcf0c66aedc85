import { describe, expect, it } from 'vitest'
import type { Suite } from '../api/suite.ts'
import { casesOf, repeatedNames, shardOf, wordsOf } from './cases.ts'

const none = (): readonly string[] => []
const namesOf = (suite: Suite): readonly string[] => casesOf(suite, none).map(({ name }) => name)

const MATRIX: Suite = {
  name: 'matrix',
  targets: ['raft', { target: 'raft', bug: 'stale-read' }],
  workloads: ['register', { workload: 'queue', workloadOpts: { 'per-key': 50 } }],
  nemeses: ['kill', 'partition,kill'],
  settings: { timeLimit: '10s' },
  seeds: 2,
}

describe('cases', () => {
  it('are every combination, each with every seed, the first seed of all before the second of any', () => {
    const cases = casesOf(MATRIX, none)
    expect(cases).toHaveLength(16)
    expect(cases.slice(0, 8).every(({ seed }) => seed === 1)).toBe(true)
    expect(cases.slice(8).every(({ seed }) => seed === 2)).toBe(true)
    expect(cases.slice(0, 3).map(({ name }) => name)).toEqual([
      'raft register kill',
      'raft register partition,kill',
      'raft queue kill workloadOpts=per-key=50',
    ])
  })

  it('are commands: what is chosen last wins, and settings of all cases are the weakest', () => {
    const suite: Suite = {
      name: 's',
      targets: [{ target: './mine.ts', timeLimit: '20s', targetOpts: { a: 1, b: 'x' } }],
      variants: [{ nodes: 5, capture: true }, { timeLimit: '30s' }],
      settings: { timeLimit: '10s', env: 'namespaces' },
      seeds: [7],
    }
    expect(casesOf(suite, none).map(wordsOf)).toEqual(
      [
        './mine.ts --env namespaces --time-limit 20s --target-opts a=1,b=x --nodes 5 --capture --seed 7',
        './mine.ts --env namespaces --time-limit 30s --target-opts a=1,b=x --seed 7',
      ]
        .map((words) => words.split(' ').toSorted())
        .map((words) => expect.arrayContaining(words)),
    )
  })

  it('leaves out what agrees with all settings of an exclusion', () => {
    expect(namesOf({ ...MATRIX, seeds: 1, exclude: [{ bug: 'stale-read', workload: 'queue' }] })).toEqual([
      'raft register kill',
      'raft register partition,kill',
      'raft queue kill workloadOpts=per-key=50',
      'raft queue partition,kill workloadOpts=per-key=50',
      'raft stale-read register kill',
      'raft stale-read register partition,kill',
    ])
  })

  it('asks which workloads a target answers where all are wanted', () => {
    const targets = ['a', { target: 'a', targetOpts: 'sink=on' }]
    const suite: Suite = { name: 's', targets, workloads: 'all', settings: { nodes: 5 } }
    const cases = casesOf(suite, ({ targetOpts, nodes }) =>
      targetOpts === undefined ? ['x'] : ['x', `y${nodes}`],
    )
    expect(cases.map(({ name }) => name)).toEqual([
      'a x',
      'a x targetOpts=sink=on',
      'a y5 targetOpts=sink=on',
    ])
  })

  it('expects findings of those that agree, whatever else they have', () => {
    const expectations = [{ when: { bug: 'stale-read' }, findings: ['stale read'] }]
    const cases = casesOf({ ...MATRIX, seeds: 1, expectations }, none)
    expect(cases.filter(({ expected }) => expected.length > 0).map(({ choice }) => choice.bug)).toEqual(
      Array(4).fill('stale-read'),
    )
  })

  it('that are the same twice are named', () => {
    expect(repeatedNames(casesOf({ ...MATRIX, targets: ['raft', 'raft'], seeds: 1 }, none))[0]).toBe(
      'raft register kill --seed 1',
    )
    expect(repeatedNames(casesOf(MATRIX, none))).toEqual([])
  })

  it('belong to one shard each', () => {
    const cases = casesOf(MATRIX, none)
    const shards = [1, 2, 3].flatMap((index) => shardOf(cases, index, 3))
    expect(shards).toHaveLength(cases.length)
    expect(new Set(shards)).toEqual(new Set(cases))
  })
})
