/** Rules that keep the engines fast, and how each is broken. */
import { countMutations } from './count-mutations.ts'
import type { Mutation } from './mutation.ts'

const SEARCH = 'general/search.ts'
const REGISTER = 'specialised/register.ts'
const BLOCKS = 'specialised/blocks.ts'
const LOCK = 'specialised/lock.ts'
const QUEUE = 'specialised/queue.ts'
const MISMATCHES = 'specialised/mismatches.ts'
const VALUES = 'specialised/value-log.ts'
const STACK = 'specialised/stack.ts'
const TREES = 'specialised/segment-trees.ts'
const PRIORITY = 'specialised/priority-queue.ts'
const SET = 'specialised/set.ts'
const STRINGS = 'specialised/strings.ts'
const STUCK = 'general/stuck.ts'
const GROWING = 'specialised/growing-set.ts'

export const mutations: readonly Mutation[] = [
  ...countMutations,
  [
    'a chain at one event is told from what stood before',
    SEARCH,
    'if (at > start) this.#frames[base + FRESH] = 0',
    '',
  ],
  [
    'an operation that was seen is no longer fresh',
    SEARCH,
    'this.#set(base, 0, slot)\n    this.#frames[base + FRESH] = 0',
    'this.#set(base, 0, slot)',
  ],
  [
    'only overwriting operations are absorbed',
    SEARCH,
    '(this.#blind[word] as number) &',
    '(this.#writers[word] as number) &',
  ],
  [
    'only open operations are absorbed',
    SEARCH,
    'this.#blind[word] = (this.#blind[word] as number) & others',
    '',
  ],
  [
    'a pending write of the same value may hide others',
    SEARCH,
    '&& after === state && !absorbed',
    '&& after === state',
  ],
  [
    'a slot is clean for its next holder',
    SEARCH,
    'this.#clear(base, this.#words, slot)\n        this.#leave(slot)',
    'this.#leave(slot)',
  ],
  ['the memo knows states apart', SEARCH, 'row[1] = this.#frames[base + STATE] as number', 'row[1] = 0'],
  ['the memo knows events apart', SEARCH, 'row[0] = this.#frames[base + EVENT] as number', 'row[0] = 0'],
  [
    'the better one is kept, not the worse one',
    'general/memo.ts',
    'if (this.#bearsAllOf(row, this.#keyWidth, this.#rows, base))',
    'if (this.#bearsAllOf(this.#rows, base, row, this.#keyWidth))',
  ],
  ['what is absorbed is no burden', SEARCH, '& ~done & ~(', '& ~done & ('],
  ['the memo knows what was used', SEARCH, 'row[2 + 2 * words + i] =', 'row[2 + 2 * words + i] = 0 *'],
  ['the memo knows bits apart', SEARCH, 'row[2 + i] = done & writers', 'row[2 + i] = 0'],
  [
    'nothing is used before its call',
    SEARCH,
    '(pendingFrom[index] as number) < (this.#frames[base + EVENT] as number)',
    'true',
  ],
  ['going back closes what was not yet called', SEARCH, 'else this.#leave(slot)\n    }', '}'],
  [
    'an operation that changes nothing may wait',
    SEARCH,
    'if (this.#isSet(child, 0, needed)) this.#advance(child)',
    'if (!this.#isSet(child, 0, needed)) return false\n    this.#advance(child)',
  ],
  [
    'calls come before returns at one time',
    'general/compile.ts',
    '(part.return[returning[next] as number] as number) < (call[i] as number)',
    '(part.return[returning[next] as number] as number) <= (call[i] as number)',
  ],
  ['forward blocks do not overlap', BLOCKS, 'return { conflict: [before, after] }', 'continue'],
  ['nothing stands within a forward block', BLOCKS, 'return { conflict: [around, block] }', ''],
  ['chains keep their order', REGISTER, 'throw new Contradiction(chainUpTo(clusters, root, code))', ''],
  ['reads come after their write', REGISTER, 'throw new Contradiction([value])', ''],
  [
    'no two compare-and-sets replace one value',
    REGISTER,
    'if (next[expected] !== NONE) throw',
    // The later one is forgotten: without it no ring would ever close.
    'if (next[expected] !== NONE) {\n      happened[value] = 0\n      continue\n    }\n    if (expected === NONE) throw',
  ],
  [
    'a value is written once',
    REGISTER,
    "if (writer[value] !== NONE) throw new Declined('a value is written twice')",
    '',
  ],
  [
    'what no operation saw may not have happened',
    REGISTER,
    '(kind === NOT || isPending(log, i))',
    'kind === NOT',
  ],
  ['rings are found', REGISTER, 'if (members > 0)', 'if (members > 1e9)'],
  ['sections exclude each other', LOCK, "if (!('conflict' in order))", 'if (order !== null)'],
  [
    'a section that never ends lets no other follow',
    LOCK,
    'release === null ? Number.POSITIVE_INFINITY',
    'release === null ? Number.NEGATIVE_INFINITY',
  ],
  ['only the holder releases', LOCK, 'wrong ??= illegal([i])', 'wrong ??= null'],
  [
    'sections follow their tokens',
    LOCK,
    '(first[i] as number) < (last[latest] as number)',
    '(first[i] as number) < Number.NEGATIVE_INFINITY',
  ],
  ['no token comes twice', LOCK, 'if (repeats)', 'if (repeats && latest < 0)'],
  ['a queue keeps its order', QUEUE, 'findOvertaking(taken, values) ??', ''],
  ['of those before, the last to come out counts', QUEUE, '> takeCall(log, last)', '< takeCall(log, last)'],
  ['a queue with something in it is not empty', QUEUE, '?? findEmpty(taken, values)', ''],
  ['a take that never returned may have taken a value', QUEUE, 'slice(0, left.length)', 'slice(0, 0)'],
  [
    'the value that was put in first gets the first open take',
    QUEUE,
    'log.open.slice(0, left.length)',
    'log.open.slice(0, left.length).reverse()',
  ],
  [
    'a take that had not returned may have taken its value',
    QUEUE,
    'unreturned[value] as number) : take',
    'NONE as number) : take',
  ],
  ['nor need it have', QUEUE, "happened.verdict === 'ok' || log.open.length === 0", '1 < 2'],
  [
    'a witness has the values that came out before',
    QUEUE,
    'operationsOn(log, left.slice(0, last + 1))',
    'operationsOn(log, [])',
  ],
  [
    'a witness has the open takes',
    QUEUE,
    '[...operationsOn(log, left.slice(0, last + 1)), ...open]',
    'operationsOn(log, left.slice(0, last + 1))',
  ],
  ['spans that touch are one', VALUES, 'start < current.to', 'start > current.to'],
  ['spans that meet at one moment are two', VALUES, 'start < current.to', 'start <= current.to'],
  ['values come from a put', QUEUE, 'if (stranger !== null) return stranger', ''],
  [
    'a value comes out after its put was called',
    VALUES,
    'if (takeReturn(log, value) < putCall(log, value))',
    'if (takeReturn(log, value) < 0)',
  ],
  [
    'a value comes out once',
    'models/value-log.ts',
    'if (again !== null)',
    'if (again !== null && again.position < 0)',
  ],
  [
    'a pool with something in it is not empty',
    QUEUE,
    'checkWith(log, findEmpty)',
    'checkWith(log, () => null)',
  ],
  [
    'the bottom was put in first',
    STACK,
    '-this.#late.get(early) > opening',
    'this.#late.get(early) === Number.NEGATIVE_INFINITY',
  ],
  [
    'values are in from when their put returned',
    PRIORITY,
    'calendar.occupy(putReturn(log, value),',
    'calendar.occupy(putCall(log, value),',
  ],
  [
    'values are in until their take is called',
    PRIORITY,
    'if (putReturn(log, value) < takeCall(log, value))',
    'if (1 > 2)',
  ],
  ['the bottom comes out last', STACK, 'this.#bottoms.get(value) >= closing', 'value >= 0'],
  ['what is left falls apart', STACK, 'split(from, to)\n    }', '}'],
  [
    'what was taken away covers nothing',
    STACK,
    'this.#axis.last[value] as number, -1)',
    'this.#axis.last[value] as number, 0)',
  ],
  [
    'a stack with something in it is not empty',
    STACK,
    'findNeverEmpty(log, certainSpans(log, values)) ??',
    '',
  ],
  [
    'the greatest is found',
    TREES,
    '> (this.#values[a] as number) ? b : a',
    '< (this.#values[a] as number) ? b : a',
  ],
  [
    'the smallest comes out first',
    PRIORITY,
    'Float64Array.from(numbers)',
    'Float64Array.from(log.values, (value) => -value)',
  ],
  [
    'covers are added up',
    TREES,
    'this.#least[node] = least + (this.#added[node] as number)',
    'this.#least[node] = 0',
  ],
  ['smaller values are in the way', PRIORITY, 'calendar.firstFree(earliest)', 'earliest'],
  [
    'a priority queue with something in it is not empty',
    PRIORITY,
    'if (never === undefined)',
    'if (never !== -1)',
  ],
  [
    'an operation that found it came before the remove',
    SET,
    'earliestRemove = Math.max(earliestRemove, call(finder))',
    '',
  ],
  [
    'an operation that found it came after the add',
    SET,
    'latestAdd = Math.min(latestAdd, returned(finder))',
    '',
  ],
  [
    'an operation that did not find it came before or after',
    SET,
    'return absent.every(',
    'return true || absent.every(',
  ],
  [
    'only what was added is found',
    SET,
    'return present.length === 0 && remove === null',
    'return remove === null',
  ],
  [
    'a remove that told nothing may have found nothing',
    SET,
    "if (remove === null || typeof log.part.output(remove) === 'boolean') return false",
    'if (remove !== undefined) return false',
  ],
  ['a remove that returned took place', SET, 'isOpen ? absent : [...absent, remove]', 'absent'],
  [
    'elements are added once',
    SET,
    "element.add = effective(element.add, operation, 'added')",
    'element.add = operation',
  ],
  [
    'strings that began as nothing are not those that were put',
    STRINGS,
    'const known = root === NONE ? this.#grown : this.#put',
    'const known = this.#grown',
  ],
  [
    'after a put no string began as nothing',
    STRINGS,
    'if (firstPut !== NONE && this.returned(firstPut) < (this.#part.call[get] as number)) return put',
    'return put',
  ],
  ['an append has one place', STRINGS, 'return isElsewhere ?', 'return isElsewhere && last < 0 ?'],
  ['and only where one is left', STRINGS, 'if (isPossible && only !== NONE)', 'if (isPossible && only < -1)'],
  ['an append with a place stands nowhere else', STRINGS, 'this.codeOf[append] === NONE &&', ''],
  ['appends follow what they are appended to', STRINGS, 'before === NONE ? WRITE : CAS', 'WRITE'],
  [
    'only what was written is read',
    STRINGS,
    'if (last === NONE) return this.#contradiction([get])',
    'if (last === NONE) return code',
  ],
  ['a string goes on from one that began alike', STRINGS, 'root === this.#last.root && ', ''],
  [
    'stuck means stuck whatever the state was before',
    STUCK,
    'return [...states].map(',
    'return [...states].slice(0, 1).map(',
  ],
  [
    'an operation that was open may take effect after',
    STUCK,
    'if (returned < from) continue',
    'if ((part.call[i] as number) < from) continue',
  ],
  ['but it need not', STUCK, '(part.call[i] as number) < from || returned > end', 'returned > end'],
  ['sets grow', GROWING, 'if (again < known)', 'if (again < 0)'],
  [
    'reads find what was added',
    GROWING,
    'if (add === null) return illegal([read])',
    'if (add === null) continue',
  ],
  ['reads keep their order', GROWING, 'if (isLate(read))', 'if (1 > 2)'],
  ['adds keep their order', GROWING, 'if (late !== undefined)', 'if (late === -1)'],
  ['adds that no read found come last', GROWING, 'since.get(value) ?? reads.length', 'since.get(value) ?? 0'],
  ['the shortest prefix is found by halves', 'decide.ts', 'legal = middle\n', 'legal = illegal - 1\n'],
  ['mismatches find another value', MISMATCHES, 'place = order.below[expected] as number', ''],
  [
    'mismatches keep their own order',
    MISMATCHES,
    'let place = Math.max(\n      floor,',
    'let place = Math.max(\n      0,',
  ],
  ['mismatches return in time', MISMATCHES, 'if (place > highest) return false', ''],
]
