import fs from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { PROJECT_ROOT } from '../../testing/capabilities.ts'
import { temporaryFolder } from '../../testing/command.ts'
import { imageOf } from './image-name.ts'

describe('the image of a target', () => {
  it('is a folder of docker/', () =>
    expect(imageOf('etcd')).toEqual({
      tag: 'faultline/etcd',
      context: path.join(PROJECT_ROOT, 'docker/etcd'),
    }))

  it.each(['postgres:15', 'ghcr.io/mine/store', 'localhost:5000/store:2'])('is made by others: %s', (name) =>
    expect(imageOf(name)).toEqual({ tag: name, context: null }),
  )

  it('is built from a folder anywhere, and again if something in it changes', () => {
    using folder = temporaryFolder()
    const context = path.join(folder.path, 'My Store')
    fs.mkdirSync(path.join(context, 'files'), { recursive: true })
    fs.writeFileSync(path.join(context, 'Dockerfile'), 'FROM debian:bookworm-slim\n')
    const first = imageOf(context)
    expect(first.tag).toMatch(/^faultline\/local-my-store:[0-9a-f]{12}$/)
    expect([first.context, imageOf(context)]).toEqual([context, first])
    fs.writeFileSync(path.join(context, 'files', 'a'), '1')
    expect(imageOf(context).tag).not.toBe(first.tag)
  })
})
