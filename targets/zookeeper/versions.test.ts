import { expect, it } from 'vitest'
import { classPathOf, numberOf, programsOf } from './versions.ts'

it('takes Debian’s packages by default, and jars of Maven for a release', () => {
  expect(Object.keys(programsOf('debian'))).toEqual(['java', 'zookeeper.jar'])
  expect(programsOf('3.9.4')).toMatchObject({
    java: 'openjdk-17-jre-headless',
    zookeeper: { from: 'maven', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
  })
  expect(programsOf('3.7.2').zookeeper).not.toHaveProperty('sha256')
})

it('runs the server from one folder of jars, or from those of Debian', () => {
  expect(classPathOf('3.9.4', (name) => `/cache/${name}`)).toBe('/cache/zookeeper/*')
  const unpacked = classPathOf('debian', (name) => `/cache/usr/share/java/${name}`)
  expect(unpacked.split(':')[0]).toBe('/cache/usr/share/java/zookeeper.jar')
  expect(classPathOf('debian', (name) => name).split(':')).toContain('/usr/share/java/slf4j-api.jar')
})

it('refuses what is no version', () => {
  expect(numberOf('debian')).toBe('3.8.0')
  expect(() => numberOf('3.9')).toThrow('such as 3.9.3')
})
