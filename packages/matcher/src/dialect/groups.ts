/** The capturing groups seen so far, and the rules on referring to them. */
import type { Cursor } from './cursor.js';
import type { Width } from './width.js';

/** Python's identifiers, which group names must be. */
const identifier = /^[\p{XID_Start}_][\p{XID_Continue}]*$/u;

export class Groups {
  /** Names by index; index 0 is the whole match. */
  readonly names: (string | undefined)[] = [undefined];
  /** Widths of the groups that are closed. */
  readonly widths = new Map<number, Width>();
  readonly #indexes = new Map<string, number>();
  /** Groups that a conditional names by number, with the offset of the first mention: they may be defined later. */
  readonly #conditions = new Map<number, number>();
  /** Inside a lookbehind: number of groups when it began. */
  lookbehind: number | undefined;

  open(cursor: Cursor, name: string | undefined, at: number): number {
    const index = this.names.length;
    if (name !== undefined) {
      const was = this.#indexes.get(name);
      if (was !== undefined) {
        cursor.fail(`redefinition of group name '${name}' as group ${index}; was group ${was}`, at);
      }
      this.#indexes.set(name, index);
    }
    this.names.push(name);
    return index;
  }

  close(index: number, width: Width): void {
    this.widths.set(index, width);
  }

  checkName(cursor: Cursor, name: string, at: number): void {
    if (!identifier.test(name)) cursor.fail(`bad character in group name '${name}'`, at);
  }

  /** Index for a back-reference by name. */
  byName(cursor: Cursor, name: string, at: number): number {
    const index = this.#indexes.get(name);
    return index ?? cursor.fail(`unknown group name '${name}'`, at);
  }

  checkBackref(cursor: Cursor, index: number, at: number): void {
    if (index >= this.names.length) cursor.fail(`invalid group reference ${index}`, at);
    if (!this.widths.has(index)) cursor.fail('cannot refer to an open group', at);
    this.checkLookbehind(cursor, index, at);
  }

  checkLookbehind(cursor: Cursor, index: number, at: number): void {
    if (this.lookbehind === undefined) return;
    if (!this.widths.has(index)) cursor.fail('cannot refer to an open group', at);
    if (index >= this.lookbehind) cursor.fail('cannot refer to group defined in the same lookbehind subpattern', at);
  }

  /** Index for `(?(name)` or `(?(1)`. */
  condition(cursor: Cursor, name: string, at: number): number {
    let index: number;
    if (identifier.test(name)) {
      index = this.byName(cursor, name, at);
    } else {
      if (!/^\s*\+?\d+(?:_\d+)*\s*$/u.test(name)) cursor.fail(`bad character in group name '${name}'`, at);
      index = Number(name.replaceAll('_', ''));
      if (index === 0) cursor.fail('bad group number', at);
      if (!this.#conditions.has(index)) this.#conditions.set(index, at);
    }
    this.checkLookbehind(cursor, index, at);
    return index;
  }

  /** At the end of the expression: every group that a conditional named by number must exist. */
  checkConditions(cursor: Cursor): void {
    for (const [index, at] of this.#conditions) {
      if (index >= this.names.length) cursor.fail(`invalid group reference ${index}`, at);
    }
  }
}
