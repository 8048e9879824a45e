import type { CompiledFilter } from '../../filter/compile.js';
import { plainText, rowNames } from '../row-text.js';
import type { GroupSource } from './group-sources.js';
import { FORM, mostGroups, VALUE } from './layout.js';
import type { Workshop } from './workshop.js';

const ascii = (text: string): Uint8Array => Buffer.from(text, 'latin1');

/**
 * Places how the matches of each failregex are written.
 * @param groups by failregex; undefined: its matches have to be judged as text
 * @param numberOf a group's name in the result
 * @returns address of the forms' addresses
 * @throws NoRoom
 */
export function placeForms(
  filter: CompiledFilter,
  groups: readonly (readonly GroupSource[] | undefined)[],
  numberOf: (name: string) => number,
  workshop: Workshop,
): number {
  const names = rowNames(filter);
  const forms = groups.map((sources, regex) => {
    const form = workshop.allocate(FORM.bytes);
    if (sources !== undefined && sources.length <= mostGroups) {
      const own = sources.map(({ name }) => name);
      workshop.setWord(form + FORM.writable, 1);
      workshop.setWord(form + FORM.groups, own.length);
      workshop.setWord(form + FORM.names, workshop.placeWords(own.map(numberOf)));
      placeRow(form, names[regex]!, own, workshop);
    }
    return form;
  });
  return workshop.placeWords(forms);
}

/** What a row shows; it has none where its groups are not those of its names alone. */
function placeRow(form: number, names: readonly string[], own: readonly string[], workshop: Workshop): void {
  if (names.includes('users') || !names.every((name) => plainText.test(name))) return;
  const shown = names.filter((name) => name !== 'mlfforget');
  const placesOf = (...wanted: string[]) => wanted.map((name) => own.indexOf(name)).filter((place) => place >= 0);
  const excluded = placesOf('nofail', 'mlfgained', 'mlfforget');
  const beside = placesOf('cidr', 'fid');
  const values = workshop.allocate(VALUE.bytes * shown.length);
  for (const [index, name] of shown.entries()) {
    const key = `${index === 0 ? '' : ', '}'${name}': `;
    const before = ascii(`${key}'`);
    const missing = ascii(`${key}None`);
    const value = values + VALUE.bytes * index;
    workshop.setWord(value + VALUE.group, own.indexOf(name));
    workshop.setWord(value + VALUE.before, workshop.place(before));
    workshop.setWord(value + VALUE.beforeLength, before.length);
    workshop.setWord(value + VALUE.missing, workshop.place(missing));
    workshop.setWord(value + VALUE.missingLength, missing.length);
  }
  workshop.setWord(form + FORM.hasRows, 1);
  workshop.setWord(form + FORM.values, values);
  workshop.setWord(form + FORM.valueCount, shown.length);
  workshop.setWord(form + FORM.mlfid, own.indexOf('mlfid'));
  workshop.setWord(form + FORM.user, own.indexOf('user'));
  workshop.setWord(form + FORM.ip4, own.indexOf('ip4'));
  workshop.setWord(form + FORM.forgets, shown.length < names.length ? 1 : 0);
  workshop.setWord(form + FORM.excluded, workshop.placeWords(excluded));
  workshop.setWord(form + FORM.excludedCount, excluded.length);
  workshop.setWord(form + FORM.beside, workshop.placeWords(beside));
  workshop.setWord(form + FORM.besideCount, beside.length);
}
