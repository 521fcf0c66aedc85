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

type Online = NonNullable<LiveState['online']>

const byObjects = ({
  judged,
  unproven,
  underWay,
  broken,
  isEnough,
}: NonNullable<Online['objects']>): string =>
  `${judged} objects by themselves, ${unproven} of which prove nothing; ${underWay} are in use${isEnough ? `; no more are judged, since ${broken} are broken` : ''}`

const byWindows = ({
  checker,
  most,
  held,
  operations,
  leftOut,
  broken,
  isEnough,
}: Online['windows'][number]) =>
  `${checker}: ${operations} operations, of which ${held} are held, by windows of at most ${most}; ${leftOut} are left out, since what they use was in use before their window${isEnough ? `; no more are judged, since ${broken} windows are broken` : ''}`

const byFollowing = ({
  checker,
  taken,
  things,
  fingerprints,
  broken,
  isEnough,
  waits,
}: Online['following'][number]) =>
  `${checker}: ${taken} operations, samples and lines, each once; ${things} things and ${fingerprints} fingerprints are kept${waits === undefined ? '' : `; it waits for the verdict with ${waits}`}${isEnough ? `; nothing more is looked at: ${broken} times something was broken` : ''}`

/** What is decided while the run goes on. */
const decided = (online: LiveState['online']): readonly HTMLElement[] => {
  if (online === null)
    return line('decided', 'nothing: the run is judged when it is over (--online judges it before)')
  const { objects, windows, following, withoutLog, whole, atTheEnd, broken, readToNs } = online
  const judged = [
    ...(objects === null ? [] : [byObjects(objects)]),
    ...windows.map(byWindows),
    ...following.map(byFollowing),
    ...(whole.length === 0 ? [] : [`${whole.join(', ')}: all that is recorded, again and again`]),
  ]
  return [
    ...line('judged up to', seconds(readToNs)),
    ...(judged.length === 0 ? ['nothing: no checker of this workload judges a beginning'] : judged).flatMap(
      (text) => line('judged', text),
    ),
    ...(withoutLog.length === 0
      ? []
      : line('not judged', `what rests on the log of ${withoutLog.join(', ')}: the service keeps none`)),
    ...(atTheEnd.length === 0 ? [] : line('judged at the end', atTheEnd.join(', '))),
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
