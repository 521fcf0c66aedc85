/** The campaigns that a folder of results holds. */
import fs from 'node:fs'
import path from 'node:path'
import type { SuiteResult } from '../../campaign/result.ts'
import { type Trend, trendOfSuite } from '../../campaign/trend.ts'
import { readSuite, SUITES } from './files.ts'

/** Of each suite, at most so many are read: the last ones. */
export const MOST_CAMPAIGNS = 60

const namesIn = (dir: string): readonly string[] =>
  fs.existsSync(dir)
    ? fs
        .readdirSync(dir, { withFileTypes: true })
        .filter((entry) => entry.isDirectory())
        .map(({ name }) => name)
        .sort()
    : []

/** A file that is torn or of a newer version is left out, and named. */
interface Read {
  readonly campaigns: readonly SuiteResult[]
  readonly unread: readonly string[]
}

const readAll = (dir: string): Read => {
  const unread: string[] = []
  const found = namesIn(dir)
    .slice(-MOST_CAMPAIGNS)
    .flatMap((name) => {
      try {
        const suite = readSuite(path.join(dir, name))
        return suite === null ? [] : [{ name, suite }]
      } catch {
        unread.push(path.join(dir, name))
        return []
      }
    })
  // A shard counts once: as part of what it was merged into.
  const merged = new Set(
    found.flatMap(({ name, suite }) =>
      (suite.mergedFrom ?? []).map((shard) => path.resolve(dir, name, shard)),
    ),
  )
  const campaigns = found
    .filter(({ name }) => !merged.has(path.join(path.resolve(dir), name)))
    .map(({ suite }) => suite)
  return { campaigns, unread }
}

export interface Trends {
  readonly suites: readonly Trend[]
  /** Folders of campaigns whose result could not be read. */
  readonly unread: readonly string[]
}

/** @param results the folder of results */
export const readTrends = (results: string): Trends => {
  const suites = path.join(results, SUITES)
  const read = namesIn(suites).map((name) => readAll(path.join(suites, name)))
  return {
    suites: read.flatMap(({ campaigns }) => (campaigns.length === 0 ? [] : [trendOfSuite(campaigns)])),
    unread: read.flatMap(({ unread }) => unread),
  }
}
