import { expect, it } from 'vitest'
import { visibleText } from './visible-text.ts'

it('shows what is invisible or turns text around, and keeps everything else', () => {
  expect(visibleText('a\u001b[31mb\u202ec\u200bd\u007f')).toBe('a\u241b[31mb<U+202E>c<U+200B>d\u2421')
  const plain = 'tab\t, line\nbreak, Ωμέγα, 漢字, שלום, <img src=x>'
  expect(visibleText(plain)).toBe(plain)
})
