export async function runExplain(_a: readonly string[], _f: unknown): Promise<number> { return 255; }
