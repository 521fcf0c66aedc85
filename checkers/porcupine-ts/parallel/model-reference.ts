/** A model by where it stands: functions do not travel to other threads. */
import type { Model } from '../model.ts'

export interface ModelReference {
  /** URL of the module. */
  readonly module: string
  /** A model it exports, or a function that makes one of `args`. */
  readonly name: string
  readonly args?: readonly unknown[]
}

/** @throws Error where the module does not export it. */
export const loadModel = async ({
  module,
  name,
  args,
}: ModelReference): Promise<Model<unknown, unknown, unknown>> => {
  const exported = ((await import(module)) as Record<string, unknown>)[name]
  const model = typeof exported === 'function' ? (exported(...(args ?? [])) as unknown) : exported
  if (typeof (model as { step?: unknown } | undefined)?.step === 'function')
    return model as Model<unknown, unknown, unknown>
  throw new Error(`${module} exports no model named ${name}.`)
}
