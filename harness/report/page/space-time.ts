/**
 * The space-time diagram of one window (Lamport 1978): what hosts said to each other, and what was lost on the way. The wheel
 * zooms at the pointer, dragging moves; with the keyboard, the arrows go from message to message. What is pointed at or
 * selected is told in a line of text.
 */
import { Gestures } from '../../../checkers/porcupine-ts/timeline/gestures.ts'
import { visible } from '../../support/visible.ts'
import type { SpaceTimeWindow } from '../messages.ts'
import { linkTo } from './address.ts'
import { element } from './dom.ts'
import {
  ARROW_STYLES,
  type Arrow,
  type ArrowStyle,
  type Choice,
  type Flow,
  firstView,
  isTold,
  LEFT,
  layOut,
  MOST_ARROWS,
  moved,
  nearest,
  type Picture,
  type Point,
  timeAt,
  type View,
  zoomed,
} from './space-time-layout.ts'
import { arrowShapes, markShape, shape, shapesOf } from './space-time-shapes.ts'

const USUAL_WIDTH = 1100
/** So far beside an arrow it is still meant, in pixels: by a mouse, and by a finger. */
const NEAR = 7
const FINGER_NEAR = 16
const FACTOR = 0.6

/** What each style of arrow means, for the legend and for a message. */
const MEANINGS: Readonly<Record<ArrowStyle, string>> = {
  data: 'arrived',
  repeated: 'arrived, sent again by TCP',
  upkeep: 'opens or closes a connection',
  lost: 'lost on the way',
  told: 'arrived, by the logs of nodes',
  unheard: 'sent by a log; no log tells that it arrived',
}

const HELP =
  'Time runs to the right, and each host has a line; an arrow leads from the line of its sender to that of its receiver. ' +
  'A coloured area is a fault, paler while it is being injected or healed, with stripes at its victims. ' +
  'A bar is an operation: thick at its client, thin at the node that its client is bound to. ' +
  'A triangle is where a node is first seen to lead.'

const seconds = (ms: number): string => `${(ms / 1000).toFixed(6)} s`

/** Of a message: who, what, when. */
const describeMessage = (window: SpaceTimeWindow, { message }: Arrow): string => {
  const { lanes, messages: m, fromMs } = window
  const text = (column: readonly number[]): string => m.texts[column[message] as number] as string
  const [took, segments] = [m.tookUs[message] as number, m.segments[message] as number]
  const sentMs = fromMs + (m.sentUs[message] as number) / 1e3
  const isByLog = isTold(window, message)
  const missing = isByLog ? 'no log tells that it arrived' : 'lost'
  const kind = text(m.kind) === 'data' ? `${m.bytes[message]} bytes` : `${text(m.kind)} (TCP)`
  const parts = [
    `${lanes[m.from[message] as number]} to ${lanes[m.to[message] as number]}`,
    isByLog ? 'by their logs' : `${text(m.link)}: ${kind}`,
    ...(Math.abs(segments) > 1 ? [`in ${Math.abs(segments)} segments`] : []),
    ...(segments < 0 ? ['sent again by TCP'] : []),
    `sent at ${seconds(sentMs)}, ${took < 0 ? missing : `arrived ${(took / 1e3).toFixed(3)} ms later`}`,
  ]
  const info = text(m.info)
  return `${parts.join(', ')}${info === '' ? '' : `: ${info}`}`
}

const describeFlow = ({ sender, receiver, count, lost, bytes, fromMs, toMs }: Flow): string =>
  `${sender} to ${receiver}, ${seconds(fromMs)} to ${seconds(toMs)}: ${count} messages, ${lost} lost, ${bytes} bytes`

/** How much is in view, and what is not. */
const summary = ({ omitted }: SpaceTimeWindow, picture: Picture): string => {
  const { messages, lost, flows } = picture
  const crowded =
    flows.length === 0
      ? ''
      : ` More than ${MOST_ARROWS} cannot be told apart: they are drawn together, by pair and slice of time, thicker where there are more. Zoom in to see each.`
  const left = omitted === 0 ? '' : ` ${omitted} more are outside of this window.`
  return `${messages} messages in view, ${lost} of them lost.${crowded}${left}`
}

const legend = (): HTMLElement =>
  element(
    'span',
    { class: 'space-time-key' },
    ARROW_STYLES.flatMap((style) => {
      const sample: Arrow = { message: 0, style, from: { x: 2, y: 7 }, to: { x: 30, y: 7 } }
      const drawn = shape('svg', { width: 36, height: 14, 'aria-hidden': 'true' }, arrowShapes([sample]))
      return [drawn, element('span', {}, [MEANINGS[style]])]
    }),
  )

class SpaceTime {
  readonly #window: SpaceTimeWindow
  readonly root: HTMLElement
  readonly #svg: SVGElement
  readonly #told = element('p', { class: 'space-time-told', role: 'status' }, [])
  readonly #summary = element('p', { class: 'space-time-summary' }, [])
  readonly #marks = shape('g', {})
  #view: View
  #picture: Picture
  #choice: Choice = { onlyLost: false, withoutClients: false }
  /** Position among the arrows in view; -1: none is selected. */
  #selected = -1

  constructor(window: SpaceTimeWindow) {
    this.#window = window
    this.#view = firstView(window, USUAL_WIDTH)
    this.#picture = layOut(window, this.#view, this.#choice)
    this.#svg = shape('svg', {
      class: 'space-time',
      tabindex: 0,
      role: 'application',
      'aria-label': `Messages between hosts: ${window.title}. Left and right select a message, plus and minus zoom, page up and page down move.`,
    })
    this.root = element('figure', { class: 'space-time' }, [
      this.#tools(),
      this.#told,
      this.#svg,
      this.#summary,
      element('figcaption', {}, [HELP]),
    ])
    this.#listen()
    this.#draw()
  }

  #tools(): HTMLElement {
    const button = (text: string, act: () => void): HTMLElement => {
      const made = element('button', { type: 'button' }, [text])
      made.addEventListener('click', act)
      return made
    }
    const checkbox = (name: keyof Choice, text: string): HTMLElement => {
      const box = element('input', { type: 'checkbox' }, []) as HTMLInputElement
      box.addEventListener('change', () => {
        this.#choice = { ...this.#choice, [name]: box.checked }
        this.#draw()
      })
      return element('label', {}, [box, ` ${text}`])
    }
    return element('div', { class: 'tools' }, [
      button('zoom in', () => this.#zoom(FACTOR)),
      button('zoom out', () => this.#zoom(1 / FACTOR)),
      button('earlier', () => this.#move(-0.5)),
      button('later', () => this.#move(0.5)),
      button('whole window', () => this.#zoom(Number.POSITIVE_INFINITY)),
      checkbox('onlyLost', 'only lost messages'),
      checkbox('withoutClients', 'without clients'),
      legend(),
    ])
  }

  #show(view: View): void {
    this.#view = view
    this.#draw()
  }

  /** @param atMs what stays at its place; absent: the middle */
  #zoom(factor: number, atMs = (this.#view.fromMs + this.#view.toMs) / 2): void {
    this.#show(zoomed(this.#window, this.#view, atMs, factor))
  }

  /** @param share of the view */
  #move(share: number): void {
    this.#show(moved(this.#window, this.#view, share * (this.#view.toMs - this.#view.fromMs)))
  }

  #draw(): void {
    this.#picture = layOut(this.#window, this.#view, this.#choice)
    this.#selected = -1
    const { width } = this.#view
    const { height } = this.#picture
    this.#svg.setAttribute('viewBox', `0 0 ${width} ${height}`)
    this.#svg.dataset.fromMs = this.#view.fromMs.toFixed(3)
    this.#svg.dataset.toMs = this.#view.toMs.toFixed(3)
    this.#marks.replaceChildren()
    this.#svg.replaceChildren(...shapesOf(this.#picture, width), this.#marks)
    this.#summary.textContent = summary(this.#window, this.#picture)
    this.#tell(null)
  }

  /** @param drawn null: nothing is pointed at or selected */
  #tell(drawn: Arrow | Flow | null): void {
    this.#marks.replaceChildren(...(drawn === null ? [] : [markShape(drawn)]))
    if (drawn === null) {
      this.#told.textContent = 'Point at an arrow, or select one with the left and right keys.'
      return
    }
    if (!('message' in drawn)) {
      this.#told.textContent = visible(describeFlow(drawn))
      return
    }
    const sentMs = this.#window.fromMs + (this.#window.messages.sentUs[drawn.message] as number) / 1e3
    const link = linkTo('at', sentMs.toFixed(3), 'on the timeline')
    this.#told.replaceChildren(`${visible(describeMessage(this.#window, drawn))} · `, link)
  }

  /** Where an event is in the picture. */
  #pointOf(event: Pick<MouseEvent, 'clientX' | 'clientY'>): Point {
    const box = this.#svg.getBoundingClientRect()
    const scale = this.#view.width / box.width
    return { x: (event.clientX - box.left) * scale, y: (event.clientY - box.top) * scale }
  }

  /** Tells what is nearest to the pointer or the finger. */
  #point(event: PointerEvent, within: number): void {
    const { arrows, flows } = this.#picture
    this.#tell(nearest<Arrow | Flow>(arrows.length > 0 ? arrows : flows, this.#pointOf(event), within))
  }

  #select(position: number): void {
    const { arrows } = this.#picture
    if (arrows.length === 0) return
    this.#selected = Math.min(arrows.length - 1, Math.max(0, position))
    this.#tell(arrows[this.#selected] as Arrow)
  }

  /** Returns whether the key means something here. */
  #press(key: string): boolean {
    const acts: Readonly<Record<string, () => void>> = {
      ArrowRight: () => this.#select(this.#selected + 1),
      ArrowLeft: () => this.#select(this.#selected - 1),
      Home: () => this.#select(0),
      End: () => this.#select(Number.MAX_SAFE_INTEGER),
      '+': () => this.#zoom(FACTOR),
      '-': () => this.#zoom(1 / FACTOR),
      PageUp: () => this.#move(-0.5),
      PageDown: () => this.#move(0.5),
    }
    const act = Object.hasOwn(acts, key) ? acts[key] : undefined
    act?.()
    return act !== undefined
  }

  #listen(): void {
    const svg = this.#svg
    svg.addEventListener('keydown', (event) => {
      if (!event.ctrlKey && !event.metaKey && this.#press(event.key)) event.preventDefault()
    })
    svg.addEventListener(
      'wheel',
      (event) => {
        const { x } = this.#pointOf(event)
        if (x < LEFT) return
        event.preventDefault()
        this.#zoom(Math.exp(event.deltaY * 0.0015), timeAt(x, this.#view))
      },
      { passive: false },
    )
    const gestures = new Gestures()
    gestures.listen(svg, {
      move: (x, y, isTouch) => {
        const scale = this.#view.width / svg.getBoundingClientRect().width
        const byMs = timeAt(LEFT, this.#view) - timeAt(LEFT + x * scale, this.#view)
        this.#show(moved(this.#window, this.#view, byMs))
        // The diagram itself does not scroll.
        if (isTouch) scrollBy(0, -y)
      },
      pinch: (factor, clientX) => {
        const { x } = this.#pointOf({ clientX, clientY: 0 })
        this.#zoom(1 / factor, timeAt(x, this.#view))
      },
      tap: (event) => this.#point(event, FINGER_NEAR),
    })
    svg.addEventListener('pointermove', (event) => {
      if (!gestures.isDown) this.#point(event, NEAR)
    })
    svg.addEventListener('pointerleave', (event) => {
      // A finger leaves whenever it is lifted: what it has tapped stays.
      if (event.pointerType !== 'touch') this.#tell(this.#picture.arrows[this.#selected] ?? null)
    })
  }
}

/** The diagram of a window, to be put into the page. */
export const drawSpaceTime = (window: SpaceTimeWindow): HTMLElement => new SpaceTime(window).root
