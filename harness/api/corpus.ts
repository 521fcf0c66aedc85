/** Known bugs of real clusters, each as the run that finds it again and the run that must not. */
import type { RunChoice } from './suite.ts'

export interface KnownBug {
  /** The system and the number of the public report, such as `etcd-18089`: letters, digits, dots and hyphens. */
  readonly id: string
  /** As its makers write it. */
  readonly system: string
  /** In words, such as `3.5.0 to 3.5.15`. */
  readonly affected: string
  /** The first version without it, or the option that cures it. Null: there is none. */
  readonly fixed: string | null
  /** The public report. */
  readonly link: string
  /** What goes wrong, in one sentence. */
  readonly what: string
  /** `by design`: its documentation says so, which makes it no bug, but many do not expect it. */
  readonly kind: 'bug' | 'by design'
  /** Whether workload and nemeses find it by themselves, or a recorded plan of steps repeats the public recipe. */
  readonly by: 'ordinary run' | 'plan of steps'
  /** The affected version. */
  readonly run: RunChoice & { readonly target: string }
  /** What the control sets differently. Null: there is nothing that would not have it. */
  readonly control: RunChoice | null
  /** Fingerprints, anomalies or checkers, as in `findings.json`: one of them must show. */
  readonly finds: readonly string[]
  /** What it takes beyond `-n all` and the target's defaults, in words. Null: nothing. */
  readonly beyondDefaults: string | null
}
