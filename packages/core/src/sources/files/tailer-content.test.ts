import { describe, expect, it, vi } from 'vitest';
import { append, follow, lines, open, sees, tailer } from '../../fixtures/tailer.js';

describe('odd content', () => {
  it('a block of NUL bytes in the middle hides no other line', async () => {
    append('one\n');
    open();
    follow();
    await sees(['one']);
    append(Buffer.concat([Buffer.alloc(5000), Buffer.from('\ntwo\n')]));
    await vi.waitFor(() => expect(lines.at(-1)).toBe('two'));
  });

  it('random bytes keep every newline', async () => {
    const bytes = Buffer.from(Array.from({ length: 50_000 }, (_, i) => (i * 7919 + (i >> 3)) & 255));
    append(Buffer.concat([bytes, Buffer.from('\nend\n')]));
    open();
    follow();
    await tailer.settled();
    expect(lines).toEqual(`${bytes.toString('latin1')}\nend`.split('\n'));
  });
});
