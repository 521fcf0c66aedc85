/**
 * Indexes over several shards, of which a new version becomes visible as a whole or not at all. Versions only grow.
 *
 * | call    | value                      | ok value                                                              |
 * |---------|----------------------------|-----------------------------------------------------------------------|
 * | publish | { index, version, shards } | { index, version, published }: false if one as new was visible already |
 * | read    | { index }                  | { index, versions }: that of each shard, null where nothing is        |
 *
 * A publication that was not `published` has no effect and never will.
 */
import { z } from 'zod'
import type { CallOf, OkOf } from '../api/vocabulary.ts'
import { one, repeats } from './values.ts'
import { defineCall, defineVocabulary } from './vocabulary.ts'

const index = z.int()
const version = z.int()

export const PUBLICATION = defineVocabulary({
  name: 'publication',
  description: 'indexes over several shards, whose versions are published as a whole',
  promises: ['linearizable', 'monotonic', 'consistent-prefix'],
  unique: 'a version of an index should be published by one call',
  initial: 'nothing is published',
  services: [],
  calls: {
    publish: defineCall({
      value: z.object({ index, version, shards: z.int() }),
      ok: z.object({ index, version, published: z.boolean() }),
      changes: () => true,
      mismatch: repeats('index', 'version'),
      objects: (asked) => [`${asked.index}`],
      writes: (asked) => one(asked.index, asked.version),
      refuses: ({ published }) => !published,
    }),
    read: defineCall({
      value: z.object({ index }),
      ok: z.object({ index, versions: z.array(version.nullable()) }),
      changes: () => false,
      mismatch: repeats('index'),
      objects: (asked) => [`${asked.index}`],
      reads: (ok) => [{ key: ok.index, values: [...new Set(ok.versions)].filter((each) => each !== null) }],
    }),
  },
})

export type PublicationCall = CallOf<typeof PUBLICATION>
export type Published = OkOf<typeof PUBLICATION, 'publish'>
export type PublishedVersions = OkOf<typeof PUBLICATION, 'read'>
