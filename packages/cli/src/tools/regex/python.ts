import { pythonRepr } from '@f2b/config';
import { type GroupValue, tupleText } from '@f2b/matcher';

/** A group's value in Python's notation. */
export function valueRepr(value: GroupValue | undefined): string {
  if (value === undefined) return 'None';
  return typeof value === 'string' ? pythonRepr(value) : tupleText(value);
}

const days = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const two = (number: number) => String(number).padStart(2, '0');

/** `Wed May 01 10:00:00 2024`, in the process's zone. */
export function localDate(time: number): string {
  const date = new Date(time);
  const clock = `${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
  return `${days[date.getDay()]} ${months[date.getMonth()]} ${two(date.getDate())} ${clock} ${date.getFullYear()}`;
}

/** A dictionary of texts in Python's notation; a missing value is `None`. */
export function dictRepr(entries: Iterable<readonly [string, GroupValue | undefined]>): string {
  return `{${Array.from(entries, ([key, value]) => `${pythonRepr(key)}: ${valueRepr(value)}`).join(', ')}}`;
}
