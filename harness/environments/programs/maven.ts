/** Java libraries with all that they depend on, which Maven resolves and copies. */
import fs from 'node:fs'
import path from 'node:path'
import type { MavenJars } from '../../api/programs.ts'
import { xmlText } from '../../support/xml.ts'
import { requireChecksum, sha256Of, sha256OfFile } from './checksum.ts'
import type { ProgramKind } from './kind.ts'
import { askTool, runTool } from './tool.ts'

const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:3.6.1'

const coordinates = (text: string): string => {
  const [group = '', artifact = '', version] = text.split(':').map(xmlText)
  const known = `<groupId>${group}</groupId><artifactId>${artifact}</artifactId>`
  return version === undefined ? known : `${known}<version>${version}</version>`
}

/** The project whose dependencies they are. */
const projectOf = ({ artifacts, excludes = [] }: MavenJars): string => {
  const left = excludes.map((each) => `<exclusion>${coordinates(each)}</exclusion>`).join('')
  const dependencies = artifacts.map(
    (each) => `    <dependency>${coordinates(each)}<exclusions>${left}</exclusions></dependency>`,
  )
  return `<project>
  <modelVersion>4.0.0</modelVersion>
  <groupId>faultline</groupId>
  <artifactId>programs</artifactId>
  <version>1</version>
  <dependencies>
${dependencies.join('\n')}
  </dependencies>
</project>
`
}

type Run = (goal: string, folder: string) => Promise<unknown>

/** Maven unpacks the jars, and tar the archive that is in one of them. */
const unpackArchive = async (
  archive: string,
  folder: string,
  run: Run,
  say: (line: string) => void,
): Promise<void> => {
  const unpacked = path.join(folder, '.unpacked')
  await run('unpack-dependencies', unpacked)
  const extract = ['--extract', '--no-same-owner', '--directory', folder] as const
  await runTool({ argv: ['tar', ...extract, '--file', path.join(unpacked, archive)], say })
  fs.rmSync(unpacked, { recursive: true })
}

export const maven: ProgramKind<MavenJars> = {
  registry: 'Maven',
  nameOf: ({ name }) => name,
  lacks: async () =>
    (await askTool(['mvn', '--version'])) === null ? 'it needs Maven: apt-get install maven' : null,
  fetch: async (source, folder, say) => {
    fs.writeFileSync(path.join(folder, 'pom.xml'), projectOf(source))
    const run: Run = (goal, to) => {
      const which = [`${PLUGIN}:${goal}`, '-DincludeScope=runtime', `-DoutputDirectory=${to}`]
      // Strict: a jar that does not fit the checksum that the repository tells is refused.
      const how = ['--batch-mode', '--quiet', '--strict-checksums']
      return runTool({ argv: ['mvn', ...how, '--file', path.join(folder, 'pom.xml'), ...which], say })
    }
    await run('copy-dependencies', folder)
    const jars = fs.readdirSync(folder).filter((file) => file.endsWith('.jar'))
    const sums = jars.toSorted().map((jar) => `${sha256OfFile(path.join(folder, jar))}  ${jar}`)
    if (source.sha256 !== undefined)
      requireChecksum(`The list of the jars of ${source.name}`, sha256Of(`${sums.join('\n')}\n`), [
        source.sha256,
      ])
    if (source.archive !== undefined) await unpackArchive(source.archive, folder, run, say)
    return sums
  },
  pathOf: ({ file = '' }) => file,
}
