// matcher and firewall may use the types of config, not its code. Types are gone from what was built, so the built files tell.
module.exports = {
  forbidden: [
    {
      name: 'matcher-and-firewall-use-only-types-of-config',
      severity: 'error',
      from: { path: '^packages/(matcher|firewall)/dist/', pathNot: '\\.d\\.ts$' },
      to: { path: '(^|/)config/|^@f2b/config' },
    },
  ],
  options: { doNotFollow: { path: 'node_modules|^packages/config' } },
};
