import type { Voice, VoiceLevel } from '@f2b/config';

/** How the parts of the firewall speak. One message is one line. */
export interface Speaker {
  error(message: string): void;
  warn(message: string): void;
  notice(message: string): void;
  info(message: string): void;
  debug(message: string): void;
}

/** Speaks with f2b's voice under fail2ban's name for what actions say. */
export function speakerOf(voice: Voice): Speaker {
  const at = (level: VoiceLevel) => (message: string) => voice.say({ logger: 'fail2ban.actions', level, message });
  return { error: at('ERROR'), warn: at('WARNING'), notice: at('NOTICE'), info: at('INFO'), debug: at('DEBUG') };
}

/**
 * Renders hostile text for a log line: in single quotes, control characters and line separators escaped, so that no
 * value can begin a log line of its own or drive a terminal. Text past `limit` characters is cut and says so.
 */
export function quoted(text: string, limit = 2_000): string {
  const shown = text.length > limit ? text.slice(0, limit) : text;
  const escaped = shown.replace(/[\\'\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, (char) => {
    if (char === '\n') return '\\n';
    if (char === '\r') return '\\r';
    if (char === '\t') return '\\t';
    if (char === '\\' || char === "'") return `\\${char}`;
    const code = char.charCodeAt(0);
    return code > 0xff ? `\\u${code.toString(16)}` : `\\x${code.toString(16).padStart(2, '0')}`;
  });
  return text.length > limit ? `'${escaped}' (+${text.length - limit} characters)` : `'${escaped}'`;
}
