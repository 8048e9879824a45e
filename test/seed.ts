import fc from 'fast-check';

/**
 * What the generated tests generate is the same on every run, so that a change is judged by what it changed and a failure can
 * be met again. `F2B_SEED=$RANDOM` looks elsewhere: for whoever hunts, not for CI.
 */
// biome-ignore lint/suspicious/noUndeclaredEnvVars: a person's wish for other cases; no cached task depends on it
fc.configureGlobal({ seed: Number(process.env.F2B_SEED ?? 1) });
