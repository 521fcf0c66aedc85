/** Reads what the page holds: deflated bytes in base64. */

/** Newer browsers have it, and are several times quicker. */
const { fromBase64: native } = Uint8Array as { fromBase64?(text: string): Uint8Array<ArrayBuffer> }

const fromBase64 = (text: string): Uint8Array<ArrayBuffer> => {
  if (native !== undefined) return native.call(Uint8Array, text)
  const binary = atob(text)
  const bytes = new Uint8Array(binary.length)
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i)
  return bytes
}

/** What stands behind the script in the file is there only then. */
export const wholeFile = (): Promise<void> =>
  new Promise((resolve) => {
    if (document.readyState !== 'loading') resolve()
    else document.addEventListener('DOMContentLoaded', () => resolve(), { once: true })
  })

/** @returns no bytes if the page does not hold it */
export const unpack = async (id: string): Promise<Uint8Array> => {
  const holder = document.getElementById(id)
  if (holder === null) return new Uint8Array()
  const packed = new Blob([fromBase64(holder.textContent ?? '')])
  // The text is not needed again.
  holder.remove()
  const stream = packed.stream().pipeThrough(new DecompressionStream('deflate-raw'))
  return new Uint8Array(await new Response(stream).arrayBuffer())
}
