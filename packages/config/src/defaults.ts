/** What fail2ban's server takes where a jail's configuration says nothing. Durations in seconds. */
export const jailDefaults = { maxretry: 3, maxmatches: 5, findtime: 600, bantime: 600 } as const;
