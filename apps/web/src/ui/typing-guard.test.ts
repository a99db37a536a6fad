import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { QUIET_MS, watchTyping } from './typing-guard.js';

let stop: () => void;
let got: string[];
const onKeyDown = (event: KeyboardEvent) => got.push(event.key);

beforeEach(() => {
  vi.useFakeTimers();
  got = [];
  document.body.innerHTML = '<button id="command">Stop</button>';
  document.addEventListener('keydown', onKeyDown);
  stop = watchTyping(document, () => Date.now());
});
afterEach(() => {
  stop();
  document.removeEventListener('keydown', onKeyDown);
  document.body.innerHTML = '';
  vi.useRealTimers();
});

function aField(html = '<textarea></textarea>'): HTMLElement {
  const holder = document.createElement('div');
  holder.innerHTML = html;
  const field = holder.firstElementChild as HTMLElement;
  document.body.append(field);
  field.focus();
  field.dispatchEvent(new FocusEvent('focusin', { bubbles: true }));
  return field;
}
/** Presses a key where the focus is. Answers whether the browser may still act on it. */
function press(key: string, rest: KeyboardEventInit = {}): boolean {
  const event = { key, bubbles: true, cancelable: true, ...rest };
  const target = document.activeElement ?? document.body;
  const down = target.dispatchEvent(new KeyboardEvent('keydown', event));
  return (
    (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent('keyup', event)) &&
    down
  );
}
const wait = (ms: number) => vi.advanceTimersByTime(ms);
function remove(field: HTMLElement): void {
  field.blur();
  field.remove();
}

describe.each([
  ['textarea', '<textarea></textarea>'],
  ['text field', '<input type="text">'],
  ['date field', '<input type="datetime-local">'],
  ['selection', '<select></select>'],
  ['editable element', '<div contenteditable="true" tabindex="0"></div>'],
])('a %s that goes away while a person types', (_, html) => {
  it('a sentence typed on at 9 keys/s reaches nothing, however long it is', () => {
    const field = aField(html);
    press('s');
    remove(field);
    got = [];
    for (const key of 'o 1 shall S top this H 2 9 now '.repeat(5)) {
      wait(111);
      expect(press(key)).toBe(false);
    }
    expect(got).toEqual([]);
  });
});

it.each(['disabled', 'blurred', 'replaced by a focused button'])(
  'a field that is %s keeps its keys from becoming commands',
  (how) => {
    const field = aField();
    if (how === 'disabled') (field as HTMLTextAreaElement).disabled = true;
    else if (how === 'blurred') field.blur();
    else document.getElementById('command')?.focus();
    if (how !== 'disabled') {
      document.activeElement?.dispatchEvent(new FocusEvent('focusin', { bubbles: true }));
    }
    wait(100);
    if (how === 'disabled') field.blur();
    for (const key of [' ', 'Enter', 's', '1']) expect(press(key)).toBe(false);
    expect(got).toEqual([]);
  },
);

it('commands work again once the keys have been quiet for long enough', () => {
  remove(aField());
  wait(100);
  wait(QUIET_MS - 1);
  press('a');
  expect(got).toEqual([]);
  wait(QUIET_MS - 1);
  press('b');
  expect(got).toEqual([]);
  wait(QUIET_MS);
  press('c');
  expect(got).toEqual(['c']);
});

it('a field that went away long before the next key does not hold it up', () => {
  remove(aField());
  wait(60_000);
  press('1');
  expect(got).toEqual(['1']);
});

it.each(['Escape', 'Tab'])(
  'commands work at once after %s, which leaves a field on purpose',
  (key) => {
    const field = aField();
    press(key);
    field.blur();
    press('1');
    expect(got).toEqual([key, '1']);
  },
);

it('commands work at once after a click elsewhere', () => {
  const field = aField();
  document.body.dispatchEvent(new Event('pointerdown', { bubbles: true }));
  field.blur();
  press('1');
  expect(got).toEqual(['1']);
});

it('a click that leaves the focus in the field does not count as leaving it', () => {
  const field = aField();
  document.body.dispatchEvent(new Event('pointerdown', { bubbles: true }));
  wait(0);
  remove(field);
  wait(100);
  press('1');
  expect(got).toEqual([]);
});

it('keys with Ctrl stay the browser’s own', () => {
  remove(aField());
  wait(100);
  expect(press('r', { ctrlKey: true })).toBe(true);
});

it('a field that has the focus gets every key', () => {
  remove(aField());
  wait(100);
  aField();
  expect(press('s')).toBe(true);
  expect(got).toEqual(['s']);
});
