import { describe, expect, it } from 'vitest'
import { type Plug, redirectLines, undoLines } from './redirect.ts'

const HOST: Plug = { device: 'eth0', hardware: '02:00:00:00:00:01', only: null }
const PEER: Plug = { device: 'eth0', hardware: '02:00:00:00:00:02', only: null }
const CLIENTS: Plug = {
  device: 'eth1',
  hardware: '02:00:00:00:00:fa',
  only: ['198.18.0.101', '198.18.0.102'],
}

const of = (lines: readonly string[], side: string): readonly string[] =>
  lines.filter((line) => line.includes(` dev ${side.split(' ')[0]} ${side.split(' ')[1]} `))

describe('the redirection of frames', () => {
  const lines = redirectLines(HOST, [PEER, CLIENTS], 'detour0', 3)

  it('takes what a host sends to its peers, and a copy of what it sends to groups', () => {
    const sent = of(lines, 'eth0 egress')
    expect(sent.filter((line) => line.includes('redirect'))).toHaveLength(3)
    expect(sent[0]).toContain('match u16 0x0002 0xffff at -10')
    expect(sent[1]).toContain('match u32 0xc6120065 0xffffffff at 16')
    expect(sent.filter((line) => line.includes('mirror'))).toHaveLength(1)
  })

  it('takes away what peers send to groups on the usual path, and brings in what comes out of the device', () => {
    expect(of(lines, 'eth0 ingress')).toHaveLength(1)
    expect(of(lines, 'detour0 ingress')[0]).toContain('mirred ingress redirect dev eth0')
  })

  it('takes only frames with the given addresses where others share the interface', () => {
    const sent = of(redirectLines(CLIENTS, [HOST], 'detour0', 3), 'eth1 egress')
    expect(sent.map((line) => /match u32 (\S+) \S+ at 12/.exec(line)?.[1])).toEqual([
      '0xc6120065',
      '0xc6120066',
    ])
    expect(sent.join()).not.toContain('mirror')
  })

  it('has a preference, by which it is undone', () => {
    for (const line of [...of(lines, 'eth0 egress'), ...of(lines, 'eth0 ingress')])
      expect(line).toContain(' pref 3 ')
    expect(undoLines(HOST, 3)).toEqual([
      'filter del dev eth0 egress pref 3',
      'filter del dev eth0 ingress pref 3',
    ])
  })
})
