// The direction of imports between the worlds under src/ (see README, "How it is built").
// A broken rule fails `npm test`.
const engineOrder = ['kernel', 'hardware', 'raft', 'store', 'manager', 'agent', 'runtime', 'network', 'dockerd'];

/** Folders of the engine that may not be imported from `folder`: those below it in the list. */
const below = (folder) => engineOrder.slice(engineOrder.indexOf(folder) + 1).join('|');

module.exports = {
  forbidden: [
    {
      name: 'no-cycles',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'protocol-imports-nothing',
      severity: 'error',
      from: { path: '^src/protocol/' },
      to: { path: '^src/(?!protocol/)' },
    },
    {
      name: 'templates-import-nothing',
      severity: 'error',
      from: { path: '^src/go-template/', pathNot: '\\.(test|bench)\\.ts$' },
      to: { path: '^src/(?!go-template/)' },
    },
    {
      name: 'types-import-templates-only',
      severity: 'error',
      from: { path: '^src/go-types/', pathNot: '\\.(test|bench)\\.ts$' },
      to: { path: '^src/(?!go-types/|go-template/)' },
    },
    {
      name: 'engine-imports-protocol-only',
      severity: 'error',
      from: { path: '^src/engine/', pathNot: '\\.(test|bench)\\.ts$' },
      to: { path: '^src/(?!engine/|clients/|go-template/|go-types/|protocol/)' },
    },
    {
      name: 'engine-needs-no-package',
      severity: 'error',
      from: { path: '^src/engine/', pathNot: '\\.(test|bench)\\.ts$' },
      to: { path: 'node_modules' },
    },
    {
      name: 'raft-stands-alone',
      severity: 'error',
      from: { path: '^src/engine/raft/', pathNot: '\\.(test|bench)\\.ts$' },
      to: { path: '^src/(?!engine/raft/)' },
    },
    ...engineOrder.slice(0, -1).map((folder) => ({
      name: `engine-${folder}-imports-only-what-is-above`,
      severity: 'error',
      from: { path: `^src/engine/${folder}/`, pathNot: '\\.(test|bench)\\.ts$' },
      to: { path: `^src/engine/(${below(folder)})/` },
    })),
    {
      name: 'engine-parts-do-not-know-the-root',
      severity: 'error',
      from: { path: '^src/engine/[^/]+/', pathNot: '\\.(test|bench)\\.ts$' },
      to: { path: '^src/engine/(machine|cluster)\\.ts$' },
    },
    {
      name: 'cli-imports-protocol-only',
      severity: 'error',
      from: { path: '^src/cli/', pathNot: '\\.(test|bench)\\.ts$' },
      to: { path: '^src/(?!cli/|clients/|go-template/|go-types/|protocol/)' },
    },
    {
      name: 'clients-import-protocol-only',
      severity: 'error',
      from: { path: '^src/clients/', pathNot: '\\.(test|bench)\\.ts$' },
      to: { path: '^src/(?!clients/|protocol/)' },
    },
    {
      name: 'scenarios-import-protocol-only',
      severity: 'error',
      from: { path: '^src/scenarios/', pathNot: '\\.(test|bench)\\.ts$' },
      to: { path: '^src/(?!scenarios/|protocol/)' },
    },
    {
      name: 'worker-does-not-know-the-page',
      severity: 'error',
      from: { path: '^src/worker/' },
      to: { path: '^src/(ui|server|testing)/' },
    },
    {
      name: 'page-does-not-know-the-engine',
      severity: 'error',
      from: { path: '^src/ui/', pathNot: '\\.(test|bench)\\.ts$' },
      to: { path: '^src/(engine|cli|server|testing)/' },
    },
    {
      name: 'server-does-not-know-the-page',
      severity: 'error',
      from: { path: '^src/server/' },
      to: { path: '^src/(ui|testing)/' },
    },
    {
      name: 'nothing-imports-tests',
      severity: 'error',
      from: { pathNot: '\\.(test|bench)\\.tsx?$|^src/testing/|^e2e/' },
      to: { path: '\\.(test|bench)\\.tsx?$|^src/testing/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { extensions: ['.ts', '.tsx', '.mjs', '.js'] },
  },
};
