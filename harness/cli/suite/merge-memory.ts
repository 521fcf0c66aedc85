/** What shards remember, put together, so that the next campaign begins with it wherever it runs. */
import { knownTogether, rememberedTogether } from '../../campaign/memory.ts'
import { copyRemembered, readCorpus, readKnown, writeKnown } from './memory.ts'
import { outOf, type StoredShard } from './shards.ts'

/** Shards that ran in this folder of results share its memory already. */
export const mergeMemory = (out: string, shards: readonly StoredShard[]): void => {
  const others = [...new Set(shards.map(({ dir }) => outOf(dir)))].filter((each) => each !== out)
  if (others.length === 0) return
  writeKnown(out, knownTogether([readKnown(out), ...others.map(readKnown)]))
  const memories = shards
    .filter(({ dir }) => others.includes(outOf(dir)))
    .map(({ dir, plan, hasEnded }) => ({
      from: outOf(dir),
      // What it had to repeat, and has no more, has passed often enough.
      repeated: hasEnded ? (plan?.cases ?? []).flatMap(({ remembered }) => remembered ?? []) : [],
      entries: readCorpus(outOf(dir)),
    }))
  const own = { from: out, repeated: [], entries: readCorpus(out) }
  copyRemembered(out, rememberedTogether([...memories, own]))
}
