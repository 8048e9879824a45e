/** A key that was pressed: a character, or the name of one that has none. */
export type Key = string;

const named: Readonly<Record<string, Key>> = {
  '\x1b[A': 'up',
  '\x1b[B': 'down',
  '\x1bOA': 'up',
  '\x1bOB': 'down',
  '\x1b[5~': 'pageup',
  '\x1b[6~': 'pagedown',
  '\x1b': 'escape',
  '\r': 'enter',
  '\n': 'enter',
  '\x7f': 'backspace',
  '\b': 'backspace',
  '\x03': 'interrupt',
  '\x04': 'interrupt',
};

/** What a terminal sends for one or several keys; sequences that nobody here knows, and other controls, are left out. */
export function keysOf(sent: string): Key[] {
  const keys: Key[] = [];
  for (const [part] of sent.matchAll(/\x1b(?:\[[0-9;?]*[@-~]|O[@-~])|[\s\S]/gu)) {
    const name = named[part];
    if (name !== undefined) keys.push(name);
    else if (!part.startsWith('\x1b') && part >= ' ') keys.push(part);
  }
  return keys;
}
