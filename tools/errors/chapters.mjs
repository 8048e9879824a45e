// The order of docs/errors.md.

/**
 * @typedef {import('./page.mjs').ErrorTable} ErrorTable
 * @param {{ config: { configErrors: ErrorTable }, core: { coreErrors: ErrorTable }, firewall: { firewallErrors: ErrorTable },
 *   cli: { cliErrors: ErrorTable },
 *   matcher: { regexErrors: ErrorTable, dateErrors: ErrorTable, filterErrors: ErrorTable, lintErrors: ErrorTable,
 *     poolErrors: ErrorTable } }} packages `errors.ts` of each package
 * @returns {import('./page.mjs').Chapter[]}
 */
export function chaptersOf({ config, core, firewall, cli, matcher }) {
  return [
    { title: 'Commands', about: 'Said by the `f2b` command, or by the daemon to a client.', table: cli.cliErrors },
    {
      title: 'Configuration',
      about: 'Found while the configuration is read. `f2b config check` lists them all.',
      table: config.configErrors,
    },
    { title: 'Filters', about: 'What keeps a filter from working.', table: matcher.filterErrors },
    { title: 'Expressions', about: 'Regular expressions of filters, and of `f2b regex`.', table: matcher.regexErrors },
    { title: 'Dates', about: '`datepattern` and `logtimezone`.', table: matcher.dateErrors },
    {
      title: 'Risks of expressions',
      about: 'Expressions that work, but can be fooled or are slow. `f2b config check` finds them.',
      table: matcher.lintErrors,
    },
    { title: 'The guard', about: 'Said by the running daemon, in its log.', table: core.coreErrors },
    { title: 'Bans and actions', about: 'What hinders a ban or its end.', table: firewall.firewallErrors },
    { title: 'Workers', about: 'Between the main thread and the workers that scan logs.', table: matcher.poolErrors },
  ];
}
