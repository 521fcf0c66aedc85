/** Simulated runs as a user asks for them. */
import fs from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { temporaryFolder } from '../../testing/command.ts'
import { judgePath } from '../run/judge.ts'
import { CHECK_SETTINGS } from '../run/settings.ts'
import { parseSettings } from '../setting.ts'
import { type SimulateSettings, simulateCommand } from './simulate.ts'

let said = ''

beforeEach(() => {
  said = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    said += text
    return true
  })
  vi.spyOn(process.stderr, 'write').mockReturnValue(true)
})
afterEach(() => vi.restoreAllMocks())

const simulate = (out: string, settings: Partial<SimulateSettings> = {}): Promise<number> =>
  simulateCommand('raft', { seeds: 3, out, ...settings })

describe('simulate', () => {
  it('says how many seeds broke nothing', async () => {
    using folder = temporaryFolder()
    expect(await simulate(folder.path)).toBe(0)
    expect(said).toBe('no property was broken in 3 seeds\n')
    expect(fs.readdirSync(folder.path)).toEqual([])
  })

  it('leaves the smallest plan, which breaks the same again, and its history', async () => {
    using folder = temporaryFolder()
    expect(await simulate(folder.path, { bug: 'stale-read', seed: 1 })).toBe(1)
    const [, command] = /again {2}faultline simulate raft --bug stale-read --plan (\S+)/.exec(said) ?? []
    const plan = path.resolve(command ?? '')
    expect(plan).toBe(path.join(folder.path, 'simulated', 'raft-stale-read-seed-1', 'simulation.json'))
    expect(said).toContain('seed 1 breaks linearizability: Stale read')
    expect(said).toMatch(/ {2}from {2}\d\d faults, 2500 ticks, 6 clients, 5 nodes/)

    said = ''
    expect(await simulate(folder.path, { bug: 'stale-read', plan })).toBe(1)
    expect(said).toContain('breaks linearizability: Stale read')
    said = ''
    expect(await simulate(folder.path, { plan })).toBe(0)
    expect(said).toContain('no property is broken')

    const history = path.join(path.dirname(plan), 'history.jsonl')
    const { verdict } = await judgePath(history, parseSettings(CHECK_SETTINGS, {}))
    expect(verdict.status).toBe('invalid')
  })

  it('refuses what cannot be simulated', async () => {
    using folder = temporaryFolder()
    const { path: out } = folder
    await expect(simulate(out, { bug: 'stale-raed' })).rejects.toThrow('Did you mean stale-read?')
    await expect(simulate(out, { bug: 'token-is-term' })).rejects.toThrow('does not cover token-is-term')
    await expect(simulate(out, { plan: '/nowhere' })).rejects.toThrow('There is no plan at /nowhere')
    await expect(simulateCommand('etcd', { seeds: 1, out })).rejects.toThrow('etcd has no simulation')
    const other = path.join(out, 'suite.json')
    fs.writeFileSync(other, '{"schema":"faultline.suite/1"}')
    await expect(simulate(out, { plan: other })).rejects.toThrow('faultline.simulation/1 is expected')
  })
})
