/** Touches of a real browser's screen. */
import type { CDPSession, Page } from 'playwright-core'
import { nextFrame } from './report-page.ts'

export interface Point {
  readonly x: number
  readonly y: number
}

/** Fingers on the screen of a page that has touch. */
export class Fingers {
  readonly #session: CDPSession
  readonly #page: Page

  private constructor(session: CDPSession, page: Page) {
    this.#session = session
    this.#page = page
  }

  static async of(page: Page): Promise<Fingers> {
    return new Fingers(await page.context().newCDPSession(page), page)
  }

  async #send(type: 'touchStart' | 'touchMove' | 'touchEnd', points: readonly Point[]): Promise<void> {
    const touchPoints = points.map(({ x, y }, id) => ({ x, y, id }))
    await this.#session.send('Input.dispatchTouchEvent', { type, touchPoints })
    await nextFrame(this.#page)
  }

  async tap(point: Point): Promise<void> {
    await this.#send('touchStart', [point])
    await this.#send('touchEnd', [])
  }

  /** Each finger goes on a straight line. */
  async drag(from: readonly Point[], to: readonly Point[], steps = 8): Promise<void> {
    for (let count = 1; count <= from.length; count++) await this.#send('touchStart', from.slice(0, count))
    for (let step = 1; step <= steps; step++)
      await this.#send(
        'touchMove',
        from.map(({ x, y }, i) => {
          const end = to[i] as Point
          return { x: x + ((end.x - x) * step) / steps, y: y + ((end.y - y) * step) / steps }
        }),
      )
    await this.#send('touchEnd', [])
  }
}
