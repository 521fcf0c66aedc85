/** The checkers that follow a run that is going on, and the files that they are given: samples, and the logs of services. */
import path from 'node:path'
import type { SoFar } from '../../api/follower.ts'
import type { Operation } from '../../api/history.ts'
import type { RunRecord, Sample } from '../../api/record.ts'
import type { Checker } from '../../api/verdict.ts'
import type { OnlineState } from '../../store/online-file.ts'
import { FILES } from '../../store/run-store.ts'
import { Tail } from '../../store/tail.ts'
import { parseJson } from '../../support/json.ts'
import { type Besides, Following } from './following.ts'
import { ServiceLog } from './service-log.ts'
import type { Sources } from './sources.ts'

/** At most so many parts of the samples are read in one look (64 MB). */
const MOST_READ = 16

interface Files {
  /** Of the run. */
  readonly dir: string
  /** The record at the beginning. */
  readonly base: RunRecord
  readonly besides: Besides
  /** Looks calls up in the history so far. */
  readonly calls: SoFar['calls']
  /** Null: the run has not begun. */
  readonly sources: () => Sources | null
}

interface Followed {
  readonly checker: Checker
  /** Null: it needs no log. */
  readonly service: string | null
  readonly judge: Following
}

export class Followers {
  readonly #followed: readonly Followed[]
  readonly #samples: Tail
  readonly #sources: () => Sources | null
  readonly #logs = new Map<string, ServiceLog>()

  /** @param checkers some of which may not be able to follow a run */
  constructor(checkers: readonly Checker[], files: Files) {
    this.#samples = new Tail(path.join(files.dir, FILES.samples))
    this.#sources = files.sources
    this.#followed = checkers.flatMap((checker) => this.#followedBy(checker, files))
  }

  #followedBy(checker: Checker, { base, besides, calls }: Files): readonly Followed[] {
    const follower = checker.follow?.(base) ?? null
    if (follower === null) return []
    const { service = null } = follower
    const log = () => (service === null ? undefined : this.#logs.get(service))
    const lines = function* (isWanted: (line: unknown) => boolean): Generator<unknown> {
      for (const line of log()?.taken() ?? []) if (isWanted(line)) yield line
    }
    return [{ checker, service, judge: new Following(checker, follower, besides, { calls, lines }) }]
  }

  get checkers(): readonly Checker[] {
    return this.#followed.map(({ checker }) => checker)
  }

  get state(): Pick<OnlineState, 'following' | 'withoutLog'> {
    const sources = this.#sources()
    return {
      following: this.#followed.map(({ judge }) => judge.counts),
      withoutLog: sources === null ? [] : this.#services.filter((name) => !(name in sources.services)),
    }
  }

  /** Those whose logs are needed. */
  get #services(): readonly string[] {
    return [...new Set(this.#followed.flatMap(({ service }) => service ?? []))]
  }

  take(operation: Operation): void {
    for (const { judge } of this.#followed) judge.takeOperation(operation)
  }

  /**
   * The records that show what is broken, whatever follows.
   *
   * @param historyNs all operations up to this time of the run have been taken
   */
  async *look(historyNs: number): AsyncGenerator<{ readonly checker: Checker; readonly record: RunRecord }> {
    this.#readSamples()
    this.#readLogs(historyNs)
    for (const { checker, judge } of this.#followed)
      for await (const record of judge.look()) yield { checker, record }
  }

  #readSamples(): void {
    for (let part = 0; part < MOST_READ; part++) {
      const lines = this.#samples.read()
      if (lines.length === 0) return
      for (const line of lines) {
        const value = parseJson(line) as Sample | { readonly schema: string }
        if (!('schema' in value)) for (const { judge } of this.#followed) judge.takeSample(value)
      }
    }
  }

  #readLogs(historyNs: number): void {
    const sources = this.#sources()
    if (sources === null) return
    const nowNs = (): number => Number(process.hrtime.bigint() - sources.startedNs)
    for (const name of this.#services) {
      const file = sources.services[name]
      if (file === undefined) continue
      const log = this.#logs.get(name) ?? new ServiceLog(file)
      this.#logs.set(name, log)
      for (const line of log.due(historyNs, nowNs))
        for (const { service, judge } of this.#followed) if (service === name) judge.takeLine(line)
    }
  }
}
