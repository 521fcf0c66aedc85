import { expect, it } from 'vitest'
import { defaultsOf } from '../../harness/cli/run/options.ts'
import { claimsOf } from './claims.ts'
import { type PrimaryBackupOptions, primaryBackupOptions } from './options.ts'

const defaults = defaultsOf(primaryBackupOptions) as PrimaryBackupOptions

const claimed = (options: Partial<PrimaryBackupOptions> = {}, vocabulary = 'register') => {
  const { consistency, tolerates, minority } = claimsOf({ ...defaults, ...options }, { name: vocabulary })
  return { promise: consistency[vocabulary], tolerates: Object.keys(tolerates).sort(), minority }
}

const EVERYTHING = claimed().tolerates
const OLD_READS = { read: 'consistent-prefix', write: 'linearizable', cas: 'linearizable' }

it('the default is linearizable under every fault that leaves the disks as they are', () => {
  expect(EVERYTHING).toEqual(
    expect.arrayContaining(['partition', 'kill', 'pause', 'power-loss', 'timing', 'omission', 'clock']),
  )
  expect(claimed()).toMatchObject({ promise: 'linearizable', minority: 'refuse' })
})

it.each<[string, Partial<PrimaryBackupOptions>, object]>([
  [
    'a view service',
    { failover: 'view-service' },
    { promise: 'linearizable', tolerates: EVERYTHING, minority: 'ask-coordinator' },
  ],
  ['no failover', { failover: 'none', replication: 'async' }, { tolerates: EVERYTHING }],
  ['async', { replication: 'async' }, { promise: 'linearizable', tolerates: ['clock'] }],
  ['timeouts', { failover: 'timeout' }, { tolerates: ['clock'] }],
  ['no fencing', { fencing: false }, { tolerates: ['clock', 'kill'], minority: undefined }],
  [
    'semi-sync by a view service',
    { replication: 'semi-sync', failover: 'view-service' },
    { tolerates: ['clock', 'kill'] },
  ],
  ['semi-sync by a majority', { replication: 'semi-sync' }, { tolerates: ['clock'] }],
  ['serve-all', { minority: 'serve-all' }, { tolerates: ['clock'], minority: 'serve-all' }],
  [
    'read-only',
    { minority: 'read-only' },
    { promise: OLD_READS, tolerates: EVERYTHING, minority: 'serve-reads' },
  ],
  [
    'stale reads that say so',
    { minority: 'serve-stale-and-say-so' },
    { promise: OLD_READS, tolerates: EVERYTHING, minority: 'serve-reads' },
  ],
])('%s', (_, options, expected) => expect(claimed(options)).toMatchObject(expected))

it('a vocabulary without a word for old reads is promised no more than it can keep', () =>
  expect(claimed({ minority: 'read-only' }, 'bank').tolerates).toEqual(['clock']))
