import { type CompiledFilter, type GroupPiece, type Piece, plainText, rowNames, type Spelling } from '@f2b/matcher';

/** How `-o TOKEN` prints a plain failure, as pieces that the scan can write. */
export interface Format {
  /** By failregex; undefined where its matches are printed one by one. */
  readonly pieces: readonly (readonly Piece[] | undefined)[];
  /** What is printed does not depend on earlier lines of the session. */
  readonly goesOn: boolean;
  /** What stands before the number of the line, which is known only here. */
  readonly beforeNumber: string | undefined;
}

const text = (written: string): Piece => ({ column: 'text', text: written });
const id: Piece = { column: 'id' };
const newline = text('\n');

/** The pieces of a format; undefined for one of which each match has to be looked at. */
export function formatOf(token: string, filter: CompiledFilter): Format | undefined {
  const same = (pieces: readonly Piece[]): Format => ({
    pieces: filter.failregex.map(() => [...pieces, newline]),
    goesOn: true,
    beforeNumber: undefined,
  });
  switch (token) {
    case 'row':
      return { pieces: byRegex(filter, rowPieces), goesOn: false, beforeNumber: undefined };
    case 'json':
      return { pieces: byRegex(filter, jsonPieces), goesOn: false, beforeNumber: '{"line":' };
    case 'id':
    case 'fid':
    case 'ip':
      return same([id]);
    case 'msg':
      return same([{ column: 'line', spelling: 'plain' }]);
    case 'matches':
      return same(matchesPieces);
    case 'users':
      return undefined;
  }
  if (!token.includes('<')) return same([group(token, 'None')]);
  const pieces = taggedPieces(token);
  return pieces && same(pieces);
}

const matchesPieces: readonly Piece[] = [
  text("[('"),
  { column: 'before', spelling: 'python' },
  text("', '"),
  { column: 'date', spelling: 'python' },
  text("', '"),
  { column: 'after', spelling: 'python' },
  text("')]"),
];

function group(name: string, missing: string): GroupPiece {
  return { column: 'group', name, spelling: 'plain', before: '', after: '', missing, needed: true };
}

function byRegex(
  filter: CompiledFilter,
  piecesOf: (names: readonly string[], regex: number) => readonly Piece[],
): Format['pieces'] {
  return rowNames(filter).map((names, regex) => {
    // What fail2ban adds to a session under this name has its own rules.
    if (names.includes('users') || !names.every((name) => plainText.test(name))) return undefined;
    return piecesOf(
      names.filter((name) => name !== 'mlfforget'),
      regex,
    );
  });
}

/** `users` is a group that fail2ban adds to those of a session, unless the user's name is empty. */
function usersPiece(names: readonly string[], spelling: Spelling, before: string, after: string): Piece[] {
  if (!names.includes('mlfid') || !names.includes('user')) return [];
  return [{ column: 'group', name: 'user', spelling, before, after, missing: '', filled: true, beside: 'mlfid' }];
}

/** `['192.0.2.1',\t1714557600.0,\t{'mlfid': '[7]', 'user': 'root', 'ip4': '192.0.2.1', 'dns': None, 'users': {'root'}}],` */
function rowPieces(names: readonly string[]): readonly Piece[] {
  return [
    text("['"),
    id,
    text("',\t"),
    { column: 'time', decimal: true },
    text(',\t{'),
    ...names.map((name, index): Piece => {
      const key = `${index === 0 ? '' : ', '}'${name}': `;
      return { column: 'group', name, spelling: 'python', before: `${key}'`, after: "'", missing: `${key}None` };
    }),
    ...usersPiece(names, 'python', `${names.length === 0 ? '' : ', '}'users': {'`, "'}"),
    text('}],\n'),
  ];
}

/** What `failureJson` writes, without the number of the line. */
function jsonPieces(names: readonly string[], regex: number): readonly Piece[] {
  return [
    text(`,"regex":${regex + 1},"id":"`),
    id,
    text('","time":'),
    { column: 'time', decimal: false },
    text(',"nofail":false,"data":{'),
    ...names.map(
      (name): Piece => ({
        column: 'group',
        name,
        spelling: 'json',
        before: `"${name}":"`,
        after: '"',
        missing: '',
        separator: ',',
      }),
    ),
    ...usersPiece(names, 'json', '"users":["', '"]').map((piece): Piece => ({ ...piece, separator: ',' }) as Piece),
    text('}}\n'),
  ];
}

const tag = /<([A-Za-z][\w.-]*)>/g;

/** A text with tags; undefined where one of them is no column. */
function taggedPieces(written: string): Piece[] | undefined {
  // What the scan writes is ASCII.
  if (/[^\0-\x7f]|<F-\*>/.test(written)) return undefined;
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of written.matchAll(tag)) {
    const piece = tagPiece(match[1]!);
    if (piece === undefined) return undefined;
    pieces.push(text(written.slice(from, match.index)), piece);
    from = match.index + match[0].length;
  }
  pieces.push(text(written.slice(from)));
  return pieces.filter((piece) => piece.column !== 'text' || piece.text !== '');
}

function tagPiece(name: string): Piece | undefined {
  switch (name) {
    case 'ip':
    case 'fid':
      return id;
    case 'time':
      return { column: 'time', decimal: true };
    case 'failures':
    case 'restored':
      return text('0');
    case 'msg':
    case 'matches':
      return { column: 'line', spelling: 'plain' };
  }
  if (name === 'family' || name === 'ip-rev' || name === 'ip-host') return undefined;
  // No tag of fail2ban's: it stays as it is written.
  if (!/^F-[A-Z0-9_]+$/.test(name)) return text(`<${name}>`);
  const own = name.slice(2).toLowerCase();
  if (own === 'users') return undefined;
  return group(own === 'id' ? 'fid' : own === 'port' ? 'fport' : own, '');
}
