/**
 * Judges a run that is going on by its files. What concerns one object is judged as soon as nobody uses the object any more, and
 * is then forgotten. What concerns several is judged by windows where the checker knows how. A checker whose findings rest on few
 * things each follows the run: it takes everything once, and keeps little. What is left is judged as a whole, anew each time the
 * record has grown by a fifth.
 */
import fs from 'node:fs'
import path from 'node:path'
import { provedAlready } from '../../../checkers/beginning.ts'
import { composeVerdict } from '../../../checkers/compose.ts'
import type { Finding } from '../../api/finding.ts'
import type { Operation, Pair } from '../../api/history.ts'
import type { RunRecord } from '../../api/record.ts'
import type { Checker, SlidingWindow } from '../../api/verdict.ts'
import type { Workload } from '../../api/workload.ts'
import { findingsOf } from '../../findings/findings.ts'
import { believed } from '../../history/honest.ts'
import type { OnlineState, SeenBroken } from '../../store/online-file.ts'
import { FILES, loadBesides, loadRun } from '../../store/run-store.ts'
import { linesBetween, Tail } from '../../store/tail.ts'
import { parseJson } from '../../support/json.ts'
import { NS_PER_MS } from '../../support/time.ts'
import { callsAmong, operationsOf } from './calls.ts'
import { Followers } from './followers.ts'
import { OnlineObjects } from './objects.ts'
import { Sliding } from './sliding.ts'
import type { Sources } from './sources.ts'
import { objectOfCalls, type Range, Windows } from './windows.ts'

/** At most so many parts of the file are read in one look (64 MB): what was read is to be judged, too. */
const MOST_READ = 16
/** All looks at a record that has grown so much each time take a few times as long as the last of them. */
const GROWTH = 1.2

/** The operations in lines of a history. */
function* operationsIn(lines: Iterable<string>): Generator<Operation> {
  for (const line of lines) {
    const value = parseJson(line) as Operation | { readonly schema: string }
    if (!('schema' in value)) yield value
  }
}

const sizeOf = (file: string): number => fs.statSync(file, { throwIfNoEntry: false })?.size ?? 0

/** What is held against the cluster by a part of its record, and will be whatever follows. */
const findingsIn = async (record: RunRecord, checkers: readonly Checker[]): Promise<readonly Finding[]> => {
  const verdict = await composeVerdict(checkers, believed(record), new AbortController().signal)
  const shown = { ...verdict, verdicts: verdict.verdicts.map(provedAlready) }
  return findingsOf(record, shown).filter(({ excuse }) => excuse === null)
}

export class RunWatch {
  readonly #dir: string
  readonly #workload: Workload
  readonly #file: string
  readonly #tail: Tail
  /** Null: the objects of this workload cannot be judged each by itself. */
  readonly #objects: OnlineObjects | null
  readonly #byObject: readonly Checker[]
  readonly #sliding: readonly { readonly checker: Checker; readonly judge: Sliding }[]
  readonly #followers: Followers
  /** They judge the whole. */
  readonly #others: readonly Checker[]
  readonly #atTheEnd: readonly string[]
  readonly #broken: SeenBroken[] = []
  #seenBytes = 0
  #readToNs = 0
  #readAtMs = 0

  /**
   * @param dir of a run with a run.json
   * @param sources null: the run has not begun
   */
  constructor(dir: string, workload: Workload, sources: () => Sources | null) {
    this.#dir = dir
    this.#workload = workload
    this.#file = path.join(dir, FILES.history)
    this.#tail = new Tail(this.#file)
    const base = this.#besides()
    const bare = { ...base, faults: [], samples: [] }
    const checkers = workload.checkers(base.workloadOptions ?? {})
    const judging = checkers.filter((each) => each.judgesBeginnings)
    const objectOf = objectOfCalls(workload.vocabulary)
    this.#byObject = objectOf === null ? [] : judging.filter((each) => each.judgesObjects?.(base))
    this.#sliding = judging
      .filter((each) => !this.#byObject.includes(each))
      .flatMap((checker) => {
        const window = checker.window?.(base) ?? null
        return window === null ? [] : [{ checker, judge: this.#slidingOf(checker, window, bare) }]
      })
    const before = [...this.#byObject, ...this.#sliding.map(({ checker }) => checker)]
    this.#followers = new Followers(
      checkers.filter((each) => !before.includes(each)),
      { dir, base, besides: () => this.#besides(), calls: (isWanted) => this.#calls(isWanted), sources },
    )
    const seen = [...before, ...this.#followers.checkers]
    this.#others = judging.filter((each) => !seen.includes(each) && each.follow === undefined)
    this.#atTheEnd = checkers
      .filter((each) => !seen.includes(each) && !judging.includes(each))
      .map(({ name }) => name)
    this.#objects =
      objectOf === null || this.#byObject.length === 0
        ? null
        : new OnlineObjects(this.#byObject, new Windows(objectOf, (range) => this.#between(range)), bare)
  }

  get state(): OnlineState {
    return {
      readToNs: this.#readToNs,
      objects: this.#objects?.counts ?? null,
      windows: this.#sliding.map(({ judge }) => judge.counts),
      ...this.#followers.state,
      whole: this.#others.map(({ name }) => name),
      atTheEnd: this.#atTheEnd,
      broken: this.#broken,
    }
  }

  #slidingOf(checker: Checker, window: SlidingWindow, base: RunRecord): Sliding {
    return new Sliding(checker, window, base, (isWanted) => operationsOf(this.#calls(isWanted)))
  }

  #calls(isWanted: (call: Pair) => boolean): Iterable<Pair> {
    return callsAmong(this.#between({ from: 0, to: this.#tail.offset }), isWanted)
  }

  /** What is seen to be broken now, and was not before. */
  async look(): Promise<readonly SeenBroken[]> {
    const before = this.#broken.length
    await this.#read()
    for await (const { record } of this.#objects?.look() ?? []) await this.#noteIn(record, this.#byObject)
    await this.#lookAtWindows()
    for await (const { checker, record } of this.#followers.look(this.#readToNs))
      this.#note(await findingsIn(record, [checker]))
    await this.#lookAtOthers()
    return this.#broken.slice(before)
  }

  /** Windows that are full meanwhile are judged at once: what is read must not pile up. */
  async #read(): Promise<void> {
    for (let part = 0; part < MOST_READ; part++) {
      const from = this.#tail.offset
      const lines = this.#tail.read()
      if (lines.length === 0) return
      const range = { from, to: this.#tail.offset }
      for (const operation of operationsIn(lines)) {
        this.#readToNs = operation.timeNs
        this.#objects?.take(operation, range)
        for (const { judge } of this.#sliding) judge.take(operation)
        this.#followers.take(operation)
        if (this.#sliding.some(({ judge }) => judge.isFull)) await this.#lookAtWindows()
      }
      this.#readAtMs = performance.now()
    }
  }

  #between({ from, to }: Range): Iterable<Operation> {
    return operationsIn(linesBetween(this.#file, from, to))
  }

  #besides(): RunRecord {
    const record = loadBesides(this.#dir)
    return this.#asked(record)
  }

  #asked(record: RunRecord): RunRecord {
    const { vocabulary } = this.#workload
    return { ...record, vocabulary, workloadOptions: record.spec?.workloadOptions ?? {}, isUnderWay: true }
  }

  async #lookAtWindows(): Promise<void> {
    for (const { checker, judge } of this.#sliding) {
      const record = await judge.look()
      if (record !== null) await this.#noteIn(record, [checker])
    }
  }

  /** @param record of a part of the run that is broken */
  async #noteIn(record: RunRecord, checkers: readonly Checker[]): Promise<void> {
    const { faults, samples } = this.#besides()
    this.#note(await findingsIn({ ...record, faults, samples }, checkers))
  }

  async #lookAtOthers(): Promise<void> {
    const size = sizeOf(this.#file)
    if (this.#others.length === 0 || size < GROWTH * this.#seenBytes) return
    this.#seenBytes = size
    const needsHistory = this.#others.some(({ needs }) => needs.includes('history'))
    const record = needsHistory ? this.#asked(loadRun(this.#dir).record) : this.#besides()
    this.#note(await findingsIn(record, this.#others))
  }

  #note(findings: readonly Finding[]): void {
    const sinceMs = performance.now() - this.#readAtMs
    const seenAtNs = this.#readToNs + sinceMs * NS_PER_MS
    for (const { fingerprint, checker, sentence, firstAtNs } of findings)
      if (this.#broken.every((each) => each.fingerprint !== fingerprint))
        this.#broken.push({ fingerprint, checker, sentence, firstAtNs, seenAtNs })
  }
}
