import type { MergedTree } from '../merge/tree.js';

/** Every option name that some value of some tree refers to, as `%(x)s`, `%(section/x)s`, `<x>`, `<section/x>`, or `<x-<y>>`. */
export class References {
  readonly #names = new Set<string>();
  /** Beginnings and ends of composed tags: `<mdre-<mode>>` may mean any option that begins with `mdre-`. */
  readonly #prefixes = new Set<string>();
  readonly #sections = new Set<string>();

  /** Takes in all values of a tree, also the ones that were overridden. */
  addTree(tree: MergedTree): void {
    for (const entries of [tree.defaults, ...tree.sections.values()]) {
      for (const entry of entries.values()) this.addText(entry.value.text);
    }
  }

  addText(text: string): void {
    if (text.includes('%(')) {
      for (const match of text.matchAll(/%\(([^()\n]+)\)s/g)) this.#name(match[1]!);
    }
    if (!text.includes('<')) return;
    for (const match of text.matchAll(/<([^ <>\n]+)>/g)) this.#name(match[1]!);
    for (const match of text.matchAll(/<([^ <>\n]+)(?=<)/g)) {
      const part = match[1]!;
      const slash = part.indexOf('/');
      this.#prefixes.add(part.slice(slash + 1).toLowerCase());
      if (slash < 0) this.#prefixes.add(part.toLowerCase());
    }
    for (const match of text.matchAll(/>([^ <>\n]*)\/([^ <>\n/]+)>/g)) this.#names.add(match[2]!.toLowerCase());
  }

  #name(name: string): void {
    const slash = name.indexOf('/');
    if (slash > 0) this.#sections.add(name.slice(0, slash));
    this.#names.add(name.slice(slash + 1).toLowerCase());
  }

  /** Whether something refers to this option, or may. */
  has(option: string): boolean {
    const key = option.toLowerCase().replace(/\?.*$/, '');
    if (this.#names.has(key)) return true;
    for (const prefix of this.#prefixes) if (prefix !== '' && key.startsWith(prefix)) return true;
    return false;
  }

  /** Whether something refers into this section, or may through a composed tag (`<lt_<logtype>/x>`). */
  hasSection(section: string): boolean {
    if (this.#sections.has(section)) return true;
    for (const prefix of this.#prefixes) if (prefix !== '' && section.toLowerCase().startsWith(prefix)) return true;
    return false;
  }
}
