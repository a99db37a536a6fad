import type { Disposition } from '@outdial/protocol';
import { KEYS } from './disposition-words.js';

type Dispositions = readonly Disposition[];

/** The same dispositions with one moved up (-1) or down (1); unchanged at the ends. */
export function moveDisposition(set: Dispositions, index: number, step: -1 | 1): Dispositions {
  const other = index + step;
  const [moved, neighbor] = [set[index], set[other]];
  if (moved === undefined || neighbor === undefined) return set;
  return set.map((each, at) => (at === index ? neighbor : at === other ? moved : each));
}

const CODE_MAX_LENGTH = 50;

/** A code made from a label, different from all codes of the set; empty where the label has no usable letter. */
export function codeFromLabel(set: Dispositions, label: string): string {
  const plain = label
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[_0-9]+|_+$/g, '')
    .slice(0, CODE_MAX_LENGTH - 3)
    .replace(/_+$/, '');
  if (plain === '') return '';
  const taken = new Set(set.map(({ code }) => code));
  let code = plain;
  for (let number = 2; taken.has(code); number += 1) code = `${plain}_${number}`;
  return code;
}

/** The first key that no disposition of the set has; null when all are taken. */
export function freeKey(set: Dispositions): string | null {
  return KEYS.find((key) => !set.some((each) => each.key === key)) ?? null;
}

/** Whether the set still lets an agent say that a person wants no more calls once this one is gone. */
export function isLastSuppression(set: Dispositions, disposition: Disposition): boolean {
  return (
    disposition.effect === 'suppress_person' &&
    set.filter(({ effect }) => effect === 'suppress_person').length === 1
  );
}

/** What the form finds wrong before the server is asked; the server checks everything again. */
export function findFormErrors(
  others: Dispositions,
  { code, label }: Pick<Disposition, 'code' | 'label'>,
): Partial<Record<'code' | 'label', string>> {
  const errors: Partial<Record<'code' | 'label', string>> = {};
  if (label.trim() === '') errors.label = 'Enter a label.';
  else if (others.some((each) => each.label.toLowerCase() === label.trim().toLowerCase())) {
    errors.label = 'Another disposition has this label.';
  }
  if (!/^[a-z][a-z0-9_]{0,49}$/.test(code)) {
    errors.code = 'Begin with a letter; use lower-case letters, digits and underscores.';
  } else if (others.some((each) => each.code === code)) {
    errors.code = 'Another disposition has this code.';
  }
  return errors;
}
