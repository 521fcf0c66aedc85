/** A run in progress: what the server sends, as text. When it is judged, its page is loaded again. */
import { visible } from '../../../support/visible.ts'
import type { LiveState } from '../live.ts'

const into = document.getElementById('live') as HTMLElement
const address = JSON.parse(document.getElementById('events')?.textContent ?? '""') as string

const line = (name: string, text: string): readonly HTMLElement[] => {
  const [term, told] = [document.createElement('dt'), document.createElement('dd')]
  term.textContent = visible(name)
  told.textContent = visible(text)
  return [term, told]
}

const seconds = (ns: number): string => `${(ns / 1e9).toFixed(1)} s`

/** What is decided while the run goes on. */
const decided = (online: LiveState['online']): readonly HTMLElement[] => {
  if (online === null)
    return line('decided', 'nothing: the run is judged when it is over (--online judges it before)')
  const { objects, broken, readToNs } = online
  const judged =
    objects === null
      ? 'the whole again and again, since its operations concern several objects together'
      : `${objects.judged} objects by themselves, ${objects.unproven} of which prove nothing; ${objects.underWay} are in use${objects.isEnough ? `; no more are judged, since ${objects.broken} are broken` : ''}`
  return [
    ...line('judged', `${judged} (up to ${seconds(readToNs)})`),
    ...broken.flatMap(({ sentence, seenAtNs }) =>
      line('broken', `${sentence} Seen after ${seconds(seenAtNs)}.`),
    ),
  ]
}

const draw = (state: LiveState): void => {
  const { atMs, counts, underWay, faults, faultsSoFar, nodes, errors, online } = state
  const list = document.createElement('dl')
  list.append(
    ...line('time of the run', `${(atMs / 1000).toFixed(1)} s`),
    ...line(
      'operations',
      `${counts.ok} ok, ${counts.fail} fail, ${counts.info} in doubt, ${underWay} under way`,
    ),
    ...decided(online),
    ...line('faults in force', faults.join(', ') || 'none'),
    ...line('faults so far', String(faultsSoFar)),
    ...nodes.flatMap(([node, what]) => line(node, what)),
    ...errors.flatMap(([message, count]) => line(`${count} times`, message)),
  )
  into.replaceChildren(list)
}

const source = new EventSource(address)
source.addEventListener('state', ({ data }) => draw(JSON.parse(data as string) as LiveState))
source.addEventListener('over', () => {
  source.close()
  location.reload()
})
