/** What the workflows of all platforms share. */

export const SHARDS = [1, 2, 3, 4]
/** Of each shard. */
export const BUDGET = '60m'
/** The bound of each shard's results: what is uploaded. */
export const KEEP = '2GB'

/** The folder of the merged campaign, in shell. Those of earlier nights, from the cache, are older than the shards. */
export const mergedSuite = 'dirname "$(find results/suites -name suite.json -newer shards | head -n 1)"'

/** Lines that are not empty, moved to the right. */
export const indented = (text: string, spaces: number): string =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => (line === '' ? '' : `${' '.repeat(spaces)}${line}`))
    .join('\n')
