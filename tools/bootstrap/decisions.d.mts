export const oldestNode: readonly number[];
export function nodeProblem(version: string): string | undefined;
export function installReason(state: {
  nodeModules: boolean;
  lockHash: string;
  abi: string;
  marker: { lockHash?: string; abi?: string } | undefined;
  installedByHand: boolean;
}): string | undefined;
export function buildReason(state: {
  newestSource: { file: string; mtimeMs: number } | undefined;
  builtAtMs: number | undefined;
  missing: string[];
}): string | undefined;
export function compilerAdvice(found: { compiler: boolean; make: boolean; python: boolean }): string | undefined;
export function installEnvironment(
  env: Record<string, string | undefined>,
  headersPrefix: string | undefined,
): Record<string, string | undefined>;
export function withoutPlace(env: Record<string, string | undefined>): Record<string, string | undefined>;
export function jobCommand(job: string, args: readonly string[]): string[] | undefined;
export function installProgress(state: { seconds: number; compiling: boolean }): string;
export function exitCodeOf(code: number | null, signalNumber: number | undefined): number;
