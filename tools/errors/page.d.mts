// Types of page.mjs, for its test.
export type ErrorTable = Readonly<Record<string, { readonly means: string; readonly advice: string }>>;
export interface Chapter {
  readonly title: string;
  readonly about: string;
  readonly table: ErrorTable;
}
export function errorsPage(chapters: readonly Chapter[]): string;
