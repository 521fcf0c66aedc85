/** View changes (4.4): a new primary takes over what may have been executed anywhere. */
import { accept } from './agreement.ts'
import { adopt } from './checkpoints.ts'
import { beginningOf, isProvedNewView, isProvedViewChange } from './new-view.ts'
import { broadcast, isPrimary, type Node, primaryOf, recordView, say } from './node.ts'
import { oneHonest } from './quorums.ts'
import type { NewView, Signed, View, ViewChange } from './types.ts'

/** The first new view has as long as a request. Then waits double with each view that fails, up to this factor (4.5.2). */
const MOST_PATIENCE = 32

/** The view, or the request, has taken too long. */
export const checkTimer = (node: Node): void => {
  const { timerSince, failures, config } = node
  if (timerSince === null) return
  const patience = Math.min(MOST_PATIENCE, 2 ** Math.max(0, failures - 1))
  if (node.ticks - timerSince >= config.viewChangeTicks * patience) startViewChange(node, node.view + 1)
}

/** It takes no part in its view any more, and tells what prepared, so that it is not lost. */
const startViewChange = (node: Node, view: View): void => {
  node.view = view
  node.isActive = false
  node.failures++
  node.timerSince = null
  node.proposed.clear()
  recordView(node)
  tellViewChange(node)
}

const tellViewChange = (node: Node): void => {
  const signed = say(node, ownViewChange(node))
  node.viewChanges.set(node.config.id, signed)
  broadcast(node, { type: 'signed', signed })
  noteViewChanges(node)
}

const ownViewChange = (node: Node): ViewChange => ({
  type: 'view-change',
  view: node.view,
  stable: node.stable.seq,
  checkpoint: node.stable.certificate,
  prepared: [...node.slots.entries()]
    .sort(([a], [b]) => a - b)
    .flatMap(([, { prepared }]) => (prepared === null ? [] : [prepared])),
  replica: node.config.id,
})

/** While the view does not begin, others may not have heard. */
export const repeatViewChange = (node: Node): void => {
  if (node.isActive) return
  const told = node.viewChanges.get(node.config.id)
  if (told === undefined) return tellViewChange(node)
  broadcast(node, { type: 'signed', signed: told })
}

export const onViewChange = (node: Node, signed: Signed<ViewChange>): void => {
  const { view, replica } = signed.body
  const isOver = view < node.view || (view === node.view && node.isActive)
  if (isOver || replica === node.config.id) return
  if ((node.viewChanges.get(replica)?.body.view ?? -1) >= view || !isProvedViewChange(node, signed)) return
  node.viewChanges.set(replica, signed)
  joinOthers(node)
  noteViewChanges(node)
}

/** One of f+1 is honest. The smallest of their views, so that a liar cannot skip many. */
const joinOthers = (node: Node): void => {
  const higher = [...node.viewChanges.values()]
    .map(({ body }) => body.view)
    .filter((view) => view > node.view)
  if (higher.length >= oneHonest(node.config.members.length)) startViewChange(node, Math.min(...higher))
}

const forThisView = (node: Node): readonly Signed<ViewChange>[] =>
  [...node.viewChanges.values()].filter(({ body }) => body.view === node.view)

/** Once a quorum asks for the view, its primary begins it. Others wait for that, and not for ever. */
const noteViewChanges = (node: Node): void => {
  const viewChanges = forThisView(node)
  if (node.isActive || viewChanges.length < node.quorum) return
  node.timerSince ??= node.ticks
  if (!isPrimary(node)) return
  const { view, config } = node
  const prePrepares = beginningOf(node, view, viewChanges).digests.map(({ seq, digest }) =>
    say(node, { type: 'pre-prepare', view, seq, digest, replica: config.id } as const),
  )
  const newView: NewView = { type: 'new-view', view, viewChanges, prePrepares, replica: config.id }
  const signed = say(node, newView)
  broadcast(node, { type: 'signed', signed })
  enter(node, signed)
}

export const onNewView = (node: Node, signed: Signed<NewView>): void => {
  const { view, replica } = signed.body
  const isOver = view < node.view || (view === node.view && node.isActive)
  if (isOver || view === 0 || replica === node.config.id || replica !== primaryOf(node, view)) return
  if (isProvedNewView(node, signed)) enter(node, signed)
}

const enter = (node: Node, newView: Signed<NewView>): void => {
  const { view, viewChanges, prePrepares } = newView.body
  const { stable, checkpoint, digests } = beginningOf(node, view, viewChanges)
  node.view = view
  node.isActive = true
  node.newView = newView
  node.proposed.clear()
  node.lastProposed = Math.max(stable, node.stable.seq, digests.at(-1)?.seq ?? 0)
  node.timerSince = node.waiting.size > 0 ? node.ticks : null
  if (stable > 0) adopt(node, stable, checkpoint)
  recordView(node)
  for (const prePrepare of prePrepares) if (prePrepare.body.seq > node.stable.seq) accept(node, prePrepare)
}
