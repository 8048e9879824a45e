import type { CompiledFilter } from '../../filter/compile.js';
import {
  formBeside,
  formBesideCount,
  formBytes,
  formExcluded,
  formExcludedCount,
  formForgets,
  formGroups,
  formHasRows,
  formIp4,
  formMlfid,
  formNames,
  formUser,
  formValueCount,
  formValues,
  formWritable,
  mostGroups,
  valueBefore,
  valueBeforeLength,
  valueBytes,
  valueGroup,
  valueMissing,
  valueMissingLength,
} from '../../memory-layout.js';
import { plainText, rowNames } from '../row-text.js';
import type { GroupSource } from './group-sources.js';
import type { Workshop } from './workshop.js';

const ascii = (text: string): Uint8Array => Buffer.from(text, 'latin1');

/**
 * Places how the matches of each failregex are written.
 * @param groups by failregex; undefined: its matches have to be matched as text
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
    const form = workshop.allocate(formBytes);
    if (sources !== undefined && sources.length <= mostGroups) {
      const own = sources.map(({ name }) => name);
      workshop.setWord(form + formWritable, 1);
      workshop.setWord(form + formGroups, own.length);
      workshop.setWord(form + formNames, workshop.placeWords(own.map(numberOf)));
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
  const values = workshop.allocate(valueBytes * shown.length);
  for (const [index, name] of shown.entries()) {
    const key = `${index === 0 ? '' : ', '}'${name}': `;
    const before = ascii(`${key}'`);
    const missing = ascii(`${key}None`);
    const value = values + valueBytes * index;
    workshop.setWord(value + valueGroup, own.indexOf(name));
    workshop.setWord(value + valueBefore, workshop.place(before));
    workshop.setWord(value + valueBeforeLength, before.length);
    workshop.setWord(value + valueMissing, workshop.place(missing));
    workshop.setWord(value + valueMissingLength, missing.length);
  }
  workshop.setWord(form + formHasRows, 1);
  workshop.setWord(form + formValues, values);
  workshop.setWord(form + formValueCount, shown.length);
  workshop.setWord(form + formMlfid, own.indexOf('mlfid'));
  workshop.setWord(form + formUser, own.indexOf('user'));
  workshop.setWord(form + formIp4, own.indexOf('ip4'));
  workshop.setWord(form + formForgets, shown.length < names.length ? 1 : 0);
  workshop.setWord(form + formExcluded, workshop.placeWords(excluded));
  workshop.setWord(form + formExcludedCount, excluded.length);
  workshop.setWord(form + formBeside, workshop.placeWords(beside));
  workshop.setWord(form + formBesideCount, beside.length);
}
