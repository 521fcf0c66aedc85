/** The undo journal: every effect that could outlive the controller is recorded before it is made. */

/** An effect to be undone should the controller die. Each kind is undone by one function of harness/faults/undo.ts. */
export type UndoEntry =
  | { readonly kind: 'process'; readonly pid: number; readonly startTime: string; readonly bootId: string }
  | { readonly kind: 'directory'; readonly path: string }
  | { readonly kind: 'cgroup'; readonly path: string }
  | { readonly kind: 'container'; readonly label: string }
  | { readonly kind: 'mount'; readonly path: string }

export interface UndoJournal {
  /** Resolves once the entry is on disk. Call it before making the effect. */
  record(entry: UndoEntry): void
}
