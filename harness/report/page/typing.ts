/** A field that acts while a reader types. */

/** A reader who stops for so long has typed what is wanted. */
const PAUSE_MS = 150

/** @param act once the reader pauses, or leaves the field before that */
export const onTyping = (field: HTMLInputElement, act: () => void): void => {
  let pause: ReturnType<typeof setTimeout> | null = null
  const stop = (): void => {
    if (pause !== null) clearTimeout(pause)
    pause = null
  }
  field.addEventListener('input', () => {
    stop()
    pause = setTimeout(() => {
      pause = null
      act()
    }, PAUSE_MS)
  })
  field.addEventListener('change', () => {
    if (pause === null) return
    stop()
    act()
  })
}
