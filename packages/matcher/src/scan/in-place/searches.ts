import type { Bytes } from '@f2b/config';
import type { Regex } from '../../engines/engine.js';
import { Alphabet } from '../../engines/wasm/alphabet.js';
import { gaveUp } from '../../engines/wasm/frame.js';
import { i32 } from '../../engines/wasm/instructions.js';
import { ModuleWriter } from '../../engines/wasm/module.js';
import { slotBytes, writeSearch } from '../../engines/wasm/search.js';
import { Declined, tableOf, type Workspace } from '../../engines/wasm/workspace.js';
import { leftToHost, searchMissing } from '../../memory-layout.js';
import { type FilterSearches, matchModule, mostBefore, type SearchPlace } from './match-code.js';
import { NoRoom, type Workshop } from './workshop.js';

type Exported = (...numbers: number[]) => number;

const stackBytes: Bytes = 256 * 1024;

/**
 * The functions that match lines in a workshop. Each is made when a line first needs it: most expressions of a host never see a line that
 * they could match. Filters that have expressions in common share them.
 */
export class Searches {
  readonly #workshop: Workshop;
  readonly #stack: { readonly from: number; readonly to: number };
  readonly #covered: number;
  readonly #spans: number;
  readonly #known = new Map<Regex, Map<'prefregex' | 'other', SearchPlace>>();
  /** By place in the table. */
  readonly #wanted = new Map<number, { readonly regex: Regex; readonly slots: number }>();
  readonly #tables = new Map<string, number>();
  readonly #matchers = new Map<string, number>();
  readonly #constants = new Map<string, Exported>();
  /** Place of a function that leaves every line to the host. */
  readonly leaving: number;

  /** @param spans where matching leaves the groups of a match */
  constructor(workshop: Workshop, spans: number) {
    this.#workshop = workshop;
    const stack = workshop.allocate(stackBytes);
    this.#stack = { from: stack, to: stack + stackBytes };
    this.#covered = workshop.allocate(mostBefore);
    this.#spans = spans;
    this.leaving = workshop.addFunction(this.#constant(6, leftToHost));
  }

  /**
   * A place for the search of an expression.
   * @throws NoRoom
   */
  search(regex: Regex, role: 'prefregex' | 'other'): SearchPlace {
    const known = this.#known.get(regex)?.get(role);
    if (known !== undefined) return known;
    const slots = this.#workshop.allocate(slotBytes(regex.groupCount));
    const place = this.#workshop.addFunction(this.#constant(2, searchMissing));
    this.#wanted.set(place, { regex, slots });
    const search = { place, slots };
    const roles = this.#known.get(regex) ?? new Map<'prefregex' | 'other', SearchPlace>();
    this.#known.set(regex, roles.set(role, search));
    return search;
  }

  /** Place of the function that matches for a filter. */
  matcher(filter: FilterSearches): number {
    const key = JSON.stringify(filter);
    let place = this.#matchers.get(key);
    if (place === undefined) {
      const { match } = this.#instance(matchModule(filter, { covered: this.#covered, spans: this.#spans }));
      place = this.#workshop.addFunction(match!);
      this.#matchers.set(key, place);
    }
    return place;
  }

  /** Makes the search at a place of the table; where this engine cannot, the lines that ask for it are left to the host. */
  provide(place: number): void {
    const { regex, slots } = this.#wanted.get(place)!;
    const tree = regex.tree?.();
    const made = tree && this.#written((workspace) => writeSearch(tree, Alphabet.latin1, workspace, slots));
    this.#workshop.table.set(place, made ?? this.#constant(2, gaveUp));
  }

  /** A function that always says the same. */
  #constant(parameters: number, value: number): Exported {
    const key = `${parameters} ${value}`;
    const known = this.#constants.get(key);
    if (known !== undefined) return known;
    const module = new ModuleWriter();
    const index = module.reserve();
    module.write(index, { parameters, locals: 0, code: i32(value) });
    module.export('constant', index);
    const constant = this.#instance(module.bytes()).constant!;
    this.#constants.set(key, constant);
    return constant;
  }

  /** @returns the function whose number `write` gives; undefined where the expression is not for this engine */
  #written(write: (workspace: Workspace) => number): Exported | undefined {
    const module = new ModuleWriter();
    const workspace: Workspace = {
      module,
      steps: module.global(),
      stack: this.#stack,
      table: (bits, alphabet) => {
        const key = bits.join();
        const address = this.#tables.get(key) ?? this.#workshop.place(tableOf(bits, alphabet));
        this.#tables.set(key, address);
        return address;
      },
    };
    try {
      module.export('search', write(workspace));
    } catch (error) {
      if (error instanceof Declined || error instanceof NoRoom) return undefined;
      throw error;
    }
    return this.#instance(module.bytes()).search!;
  }

  #instance(bytes: Uint8Array<ArrayBuffer>): Record<string, Exported> {
    const { memory, table } = this.#workshop;
    const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), { env: { memory, table } });
    return instance.exports as Record<string, Exported>;
  }
}
