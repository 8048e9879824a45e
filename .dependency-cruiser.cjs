// The layering table of ARCHITECTURE.md as rules. A forbidden import fails CI.
const mayImport = {
  config: [],
  matcher: ['config'],
  firewall: ['config'],
  core: ['config', 'matcher', 'firewall'],
  cli: ['config', 'matcher', 'firewall', 'core'],
};

const layers = Object.keys(mayImport);

module.exports = {
  forbidden: [
    ...layers.map((layer) => {
      const foreign = layers.filter((other) => other !== layer && !mayImport[layer].includes(other));
      return {
        name: `${layer}-imports-only-${['itself', ...mayImport[layer]].join('-')}`,
        severity: 'error',
        from: { path: `^packages/${layer}/` },
        to: { path: foreign.map((other) => `^packages/${other}/`) },
      };
    }),
    {
      name: 'packages-through-the-front-door',
      comment: 'another package is imported by its name, never by a path into it',
      severity: 'error',
      from: { path: '^packages/([^/]+)/src/' },
      to: {
        path: '^packages/[^/]+/src/',
        pathNot: '^packages/($1/|[^/]+/src/index\\.ts$|config/src/(stream|resolve/server-settings)\\.ts$)',
      },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    { name: 'no-unresolvable', severity: 'error', from: {}, to: { couldNotResolve: true } },
  ].filter((rule) => !(Array.isArray(rule.to.path) && rule.to.path.length === 0)),
  options: {
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '/(?:dist|bundle)/' },
    parser: 'swc',
    tsPreCompilationDeps: true,
    webpackConfig: { fileName: '.dependency-cruiser.resolve.cjs' },
  },
};
