/**
 * `--keep`: the bound of the results folder. First, runs lose what can be made again. If that is not enough, those that did not
 * fail are thinned, the oldest first.
 */
import fs from 'node:fs'
import path from 'node:path'
import type { Findings } from '../../api/finding.ts'
import type { RunVerdict } from '../../api/verdict.ts'
import { type StoredRun, toThin, type Worth } from '../../campaign/keep.ts'
import { isFailure } from '../../campaign/outcome.ts'
import type { CaseResult } from '../../campaign/result.ts'
import { FILES } from '../../store/run-store.ts'
import { readThinned, THINNED, type Thinned, thinnedSentence, writeThinned } from '../../store/thinned.ts'
import { escaped } from '../html.ts'

/** What a later reader needs to know of a run that passed: what was found, how it ran, and its faults. */
const KEPT: readonly string[] = [FILES.run, FILES.verdict, FILES.findings, FILES.faults]

/** Made again from the history, if somebody reads it. */
const SPARE = FILES.columns

/** In bytes. What disappears meanwhile counts as nothing. */
const sizeOf = (file: string): number => {
  const stat = fs.lstatSync(file, { throwIfNoEntry: false })
  if (stat === undefined) return 0
  if (!stat.isDirectory()) return stat.size
  return namesIn(file).reduce((sum, name) => sum + sizeOf(path.join(file, name)), 0)
}

const namesIn = (dir: string): readonly string[] => {
  try {
    return fs.readdirSync(dir)
  } catch {
    return []
  }
}

/** What a link leads to belongs to somebody else, and is never thinned. */
const isOwnFolder = (file: string): boolean =>
  fs.lstatSync(file, { throwIfNoEntry: false })?.isDirectory() === true

const readJson = <T>(file: string): T | null => {
  try {
    return JSON.parse(fs.readFileSync(file, 'utf8')) as T
  } catch {
    return null
  }
}

/** By its verdict: of a run that this campaign did not run, nothing else is known. */
const worthByVerdict = (dir: string): Worth => {
  const verdict = readJson<RunVerdict>(path.join(dir, FILES.verdict))
  // A suite may call a run failing whose findings are excused; what has findings is worth keeping.
  const findings = readJson<Findings>(path.join(dir, FILES.findings))?.findings ?? []
  if (verdict === null || verdict.status === 'invalid' || findings.length > 0) return 'failed'
  return verdict.status === 'valid' ? 'passed' : 'undecided'
}

const worthOf = ({ outcome }: CaseResult): Worth => {
  if (outcome === 'passed') return 'passed'
  return isFailure(outcome) || outcome === 'harness fault' || outcome === 'target set-up'
    ? 'failed'
    : 'undecided'
}

/** In the place of the report, since pages of suites link to it. */
const pageOf = (thinned: Thinned): string =>
  `<!doctype html>\n<html lang="en"><meta charset="utf-8"><title>thinned</title><p>${escaped(thinnedSentence(thinned))}</p></html>\n`

/** What was removed is said before it is removed, so that a kill in between leaves no riddle. */
const thin = (dir: string, why: string): void => {
  const names = fs.readdirSync(dir)
  const kept = names.filter((name) => KEPT.includes(name))
  const removed = names.filter((name) => !KEPT.includes(name) && name !== THINNED)
  const thinned = { at: new Date().toISOString(), why, removed, kept }
  writeThinned(dir, thinned)
  for (const name of removed) fs.rmSync(path.join(dir, name), { recursive: true, force: true })
  fs.writeFileSync(path.join(dir, FILES.report), pageOf(thinned))
}

/** At most what a thinned run has besides: the note and the page that say so. */
const NOTE_BYTES = 4096

export class Keeper {
  readonly #out: string
  readonly #bound: number
  readonly #why: string
  readonly #worth = new Map<string, Worth>()
  /** Of runs that have ended: they do not change any more. */
  readonly #known = new Map<string, StoredRun>()
  #largest = 0

  /** @param bound in bytes @param why such as `--keep 5GB` */
  constructor(out: string, bound: number, why: string) {
    this.#out = out
    this.#bound = bound
    this.#why = why
  }

  /** A run of this campaign has ended. */
  ended(result: CaseResult): void {
    if (result.runDir === null) return
    this.#worth.set(result.runDir, worthOf(result))
    this.#known.delete(result.runDir)
  }

  /**
   * Makes room for what so many runs will write, each as much as the largest that is there, by making others smaller.
   *
   * @returns false: what has to stay whole leaves no room for them
   */
  makeRoom(running: number): boolean {
    const runs = this.#runs()
    const inRuns = runs.reduce((sum, { bytes }) => sum + bytes, 0)
    const thinning = toThin(runs, inRuns + this.#others(), this.#bound - running * this.#largest)
    for (const { dir } of thinning.spared) {
      fs.rmSync(path.join(dir, SPARE), { recursive: true, force: true })
      this.#known.delete(dir)
    }
    for (const { dir } of thinning.runs) {
      thin(dir, this.#why)
      this.#known.delete(dir)
    }
    return thinning.fits
  }

  /** `<out>/<group>/<time>-<seed>`; those under way too, which are not judged. */
  #runs(): readonly StoredRun[] {
    const foldersIn = (dir: string): readonly string[] =>
      namesIn(dir)
        .map((name) => path.join(dir, name))
        .filter(isOwnFolder)
    return foldersIn(this.#out)
      .flatMap(foldersIn)
      .filter((dir) => fs.existsSync(path.join(dir, FILES.run)))
      .map((dir) => this.#run(dir))
  }

  #run(dir: string): StoredRun {
    const known = this.#known.get(dir)
    if (known !== undefined) return known
    const bytes = sizeOf(dir)
    const own = this.#worth.get(dir)
    // The report comes last. Before that another process may still read what it has recorded.
    const isOver = own !== undefined || fs.existsSync(path.join(dir, FILES.report))
    const isThin = readThinned(dir) !== null
    const kept = KEPT.reduce((sum, name) => sum + sizeOf(path.join(dir, name)), 0)
    const run: StoredRun = {
      dir,
      worth: own ?? (isOver ? worthByVerdict(dir) : 'failed'),
      time: path.basename(dir),
      bytes,
      spareBytes: sizeOf(path.join(dir, SPARE)),
      thinBytes: isThin ? bytes : Math.min(bytes, kept + NOTE_BYTES),
    }
    if (!isOver) return run
    this.#known.set(dir, run)
    this.#largest = Math.max(this.#largest, bytes)
    return run
  }

  /** Suites, what is remembered, and whatever else is there. */
  #others(): number {
    const below = namesIn(this.#out).flatMap((group) => {
      const names = namesIn(path.join(this.#out, group))
      return names.length === 0 ? [group] : names.map((name) => path.join(group, name))
    })
    return below
      .map((name) => path.join(this.#out, name))
      .filter((file) => !fs.existsSync(path.join(file, FILES.run)))
      .reduce((sum, file) => sum + sizeOf(file), 0)
  }
}
