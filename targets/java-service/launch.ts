/** How a small server of our own around a library in Java is compiled and started (`Service.java`). */
import path from 'node:path'
import type { LaunchSpec, NodeIdentity, ProcessSpec } from '../../harness/api/target.ts'

/** Quick to start and small, since several run on one machine. */
const JVM = ['-XX:+UseSerialGC', '-XX:TieredStopAtLevel=1', '-XX:-UsePerfData']
/** Java's own server would wait with the end of each answer. */
const PROPERTIES = ['-Djava.net.preferIPv4Stack=true', '-Dsun.net.httpserver.nodelay=true']
const CLASSES = 'classes'
const MAIN = 'Server'

/** The programs that it takes besides the library's jars. */
export const JDK = {
  java: 'openjdk-17-jre-headless',
  javac: 'openjdk-17-jdk-headless openjdk-17-jre-headless',
} as const

/** In the package, compiled files are elsewhere than the sources in Java. @param folder a target's, such as `jgroups-raft` */
const javaSource = (folder: string, name: string): string => {
  const targets = import.meta.filename.endsWith('.ts') ? '..' : '../../../targets'
  return path.resolve(import.meta.dirname, targets, folder, name)
}

/** Of a target's server: files of this machine. */
export const javaSources = (folder: string): readonly string[] => [
  javaSource('java-service', 'Service.java'),
  javaSource(folder, 'Server.java'),
]

interface JavaServer {
  readonly name: string
  /** The folder of the target, which has its `Server.java`. */
  readonly folder: string
  /** The program that is the folder with the library's jars. */
  readonly library: string
  /** Of the Java heap, such as `192m`. */
  readonly heap: string
  readonly args: readonly string[]
}

/** It is compiled against the jars of the chosen release before a node's first start. */
export const launchJava = (
  { name, folder, library, heap, args }: JavaServer,
  node: NodeIdentity,
  program: (name: string) => string,
): Required<Pick<LaunchSpec, 'steps' | 'processes'>> => {
  const jars = path.join(program(library), '*')
  const classes = path.posix.join(node.dataDir, CLASSES)
  const server: ProcessSpec = {
    name,
    argv: [program('java'), `-Xmx${heap}`, ...JVM, ...PROPERTIES, '-cp', `${jars}:${classes}`, MAIN, ...args],
    env: {},
  }
  return {
    steps: {
      firstStart: [
        {
          name: 'javac',
          argv: [program('javac'), '-proc:none', '-d', classes, '-cp', jars, ...javaSources(folder)],
          env: {},
        },
      ],
    },
    processes: [server],
  }
}
