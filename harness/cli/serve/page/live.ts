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

const draw = ({ atMs, counts, underWay, faults, faultsSoFar, nodes, errors }: LiveState): void => {
  const list = document.createElement('dl')
  list.append(
    ...line('time of the run', `${(atMs / 1000).toFixed(1)} s`),
    ...line(
      'operations',
      `${counts.ok} ok, ${counts.fail} fail, ${counts.info} in doubt, ${underWay} under way`,
    ),
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
