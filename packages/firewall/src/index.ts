export {
  builtinActions,
  type Firewall,
  type FirewallJail,
  type FirewallOptions,
  openFirewall,
  type Problem,
} from './actor/firewall.js';
export type { Repair } from './backends/backend.js';
export { mistakeInBuiltin } from './backends/offendingips/parameters.js';
export { FirewallError, type FirewallErrorCode } from './errors.js';
export type { FirewallLog } from './log.js';
export { type Family, type Network, networkOf } from './network.js';
export type * from './orders.js';
export { type Exec, type ExecOptions, openExec, type ProcessRequest, type ProcessResult } from './process/exec.js';
export { doubtfulIn, doubtfulTags } from './scripts/findings.js';
export { type IgnoreCommands, type IgnoreCommandsOptions, openIgnoreCommands } from './scripts/ignore-commands.js';
export type { JailCounts, Remembered, ReverseResolver } from './scripts/tags.js';
