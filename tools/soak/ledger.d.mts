export class Ledger {
  constructor(file: string);
  readonly written: number;
  readonly counted: number;
  readonly doubled: number;
  readonly missing: number;
  readonly tooMany: number;
  readonly invented: readonly string[];
  wrote(jail: string, address: string, time: number): void;
  read(): void;
  lags(): Map<string, number>;
  banBook(bantime: number): { bans: number; never: string[]; again: string[]; others: string[] };
}
