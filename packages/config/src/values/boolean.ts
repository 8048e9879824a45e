/** fail2ban's rule: `1`, `on`, `true`, `yes` in any case are true, every other text is false. */
export function parseBoolean(text: string): boolean {
  const lower = text.toLowerCase();
  return lower === '1' || lower === 'on' || lower === 'true' || lower === 'yes';
}

/** Whether a text says one of the two plainly, so that `y` or `enable` can be reported instead of silently being false. */
export function isPlainBoolean(text: string): boolean {
  return ['1', 'on', 'true', 'yes', '0', 'off', 'false', 'no', ''].includes(text.toLowerCase());
}
