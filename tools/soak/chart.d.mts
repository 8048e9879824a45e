export function chartOf(what: {
  readonly title: string;
  readonly seconds: readonly number[];
  readonly bands: readonly {
    readonly name: string;
    readonly unit: string;
    readonly values: readonly (number | undefined)[];
  }[];
  readonly marks: readonly { readonly second: number; readonly kind: string }[];
}): string;
