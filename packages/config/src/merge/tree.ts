import type { Origin } from '../settings.js';
import type { Entry, ParsedFile } from '../syntax/parse.js';
import type { Traced } from '../syntax/traced.js';

/** An option after all files were laid over each other. */
export interface MergedEntry {
  readonly key: string;
  readonly written: string;
  readonly value: Traced;
  readonly origin: Origin | undefined;
  /** What the same option of the same section was before this file came, if it was set. */
  readonly overrode: MergedEntry | undefined;
}

/** `Init?family=inet6`: a word, then the condition. */
const conditional = /^([A-Za-z0-9_]+)(\?.+)$/s;

/**
 * Several files laid over each other: later files win option by option, the place of an option in its section is where it
 * first appeared, a conditional section (`[Init?family=inet6]`) is folded into its base with the condition put behind each
 * option's name.
 */
export class MergedTree {
  /** `[DEFAULT]` of all files. */
  readonly defaults = new Map<string, MergedEntry>();
  /** In order of first appearance, without `DEFAULT`. */
  readonly sections = new Map<string, Map<string, MergedEntry>>();
  /** Sections that more than one file has (or one file has under two conditions): these have a `known`. */
  readonly #layered = new Set<string>();
  /** Sections whose options are those of a file, not ours to change. */
  readonly #borrowed = new Set<string>();
  /** Where a section was first named. */
  readonly origins = new Map<string, Origin>();

  /** Lays a file on top. */
  add(file: ParsedFile): void {
    for (const section of file.sections.values()) {
      if (section.name === 'DEFAULT') {
        overlay(this.defaults, section.entries.values(), '');
        continue;
      }
      const match = section.name.includes('?') ? conditional.exec(section.name) : null;
      const name = match?.[1] ?? section.name;
      const entries = this.sections.get(name);
      if (entries) {
        this.#layered.add(name);
        overlay(this.#own(name, entries), section.entries.values(), match?.[2] ?? '');
        continue;
      }
      this.origins.set(name, section.origin);
      if (match === null) {
        // Most sections stand in one file: they stay that file's, which many trees may share.
        this.sections.set(name, section.entries);
        this.#borrowed.add(name);
      } else {
        const made = new Map<string, MergedEntry>();
        this.sections.set(name, made);
        overlay(made, section.entries.values(), match[2]!);
      }
    }
  }

  /** Sets an option of a section, as a file on top of all others would. */
  set(section: string, entry: MergedEntry): void {
    const entries = this.sections.get(section);
    if (entries) this.#own(section, entries).set(entry.key, entry);
  }

  /** A section's options, fit to be changed. */
  #own(name: string, entries: Map<string, MergedEntry>): Map<string, MergedEntry> {
    if (!this.#borrowed.delete(name)) return entries;
    const own = new Map(entries);
    this.sections.set(name, own);
    return own;
  }

  /** The option of a section, else of `[DEFAULT]`. */
  find(section: string, option: string): MergedEntry | undefined {
    return this.sections.get(section)?.get(option) ?? this.defaults.get(option);
  }

  /**
   * What `known/option` means in a section: the option's value before the last file that set it, else `[DEFAULT]`'s (a
   * section that only one file has knows nothing, and has no such fallback either).
   */
  known(section: string, option: string): MergedEntry | undefined {
    if (!this.#layered.has(section)) return undefined;
    return this.sections.get(section)?.get(option)?.overrode ?? this.defaults.get(option);
  }
}

function overlay(target: Map<string, MergedEntry>, entries: Iterable<Entry>, condition: string): void {
  for (const entry of entries) {
    const key = entry.key + condition;
    if (condition === '' && !target.has(key)) {
      target.set(key, entry);
      continue;
    }
    target.set(key, {
      key,
      written: entry.written + condition,
      value: entry.value,
      origin: entry.origin,
      overrode: target.get(key),
    });
  }
}

/** The layers of an option, the one that holds first. */
export function layersOf(entry: MergedEntry): MergedEntry[] {
  const layers: MergedEntry[] = [];
  for (let layer: MergedEntry | undefined = entry; layer; layer = layer.overrode) layers.push(layer);
  return layers;
}
