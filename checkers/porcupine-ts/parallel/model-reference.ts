/** A model, given by its module: functions cannot be sent to other threads. */
import type { AnyModel } from '../model.ts'

export interface ModelReference {
  /** URL of the module. */
  readonly module: string
  /** The export that is a model, or a function that makes one from `args`. */
  readonly name: string
  readonly args?: readonly unknown[]
}

/** @throws Error if the module does not export it. */
export const loadModel = async ({
  module,
  name,
  args,
}: ModelReference): Promise<AnyModel<unknown, unknown, unknown>> => {
  const exported = ((await import(module)) as Record<string, unknown>)[name]
  const model = typeof exported === 'function' ? (exported(...(args ?? [])) as unknown) : exported
  const { step, steps } = (model ?? {}) as { step?: unknown; steps?: unknown }
  if (typeof step === 'function' || typeof steps === 'function')
    return model as AnyModel<unknown, unknown, unknown>
  throw new Error(`${module} exports no model named ${name}.`)
}
