/** The real browser that tests of pages need. If it is absent they are skipped by name; under CI they fail. */
import fs from 'node:fs'
import { type Browser, chromium } from 'playwright-core'
import { describe, it } from 'vitest'

const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

export const launchBrowser = (): Promise<Browser> =>
  chromium.launch({ executablePath: CHROMIUM, args: FLAGS })

export const describeWithBrowser = (name: string, body: () => void): void => {
  if (fs.existsSync(CHROMIUM)) describe(name, body)
  else if (['', '0', 'false'].includes(process.env.CI ?? ''))
    describe.skip(`${name} (needs ${CHROMIUM})`, body)
  else
    it(name, () => {
      throw new Error(`${CHROMIUM} is missing, and under CI nothing is skipped`)
    })
}
