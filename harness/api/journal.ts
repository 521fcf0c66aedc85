/** The undo journal: every effect that could outlive the controller is recorded before it happens. */

/** An effect to undo if the controller dies. One function of harness/faults/undo.ts undoes each kind. */
export type UndoEntry =
  | { readonly kind: 'process'; readonly pid: number; readonly startTime: string; readonly bootId: string }
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'cgroup'; readonly path: string }
  | { readonly kind: 'controllers'; readonly path: string; readonly names: readonly string[] }
  | { readonly kind: 'scope'; readonly unit: string }
  | { readonly kind: 'container'; readonly label: string }
  | { readonly kind: 'mount'; readonly path: string }

export interface UndoJournal {
  /** Resolves when the entry is on disk. Call it before causing the effect. */
  record(entry: UndoEntry): void
}
