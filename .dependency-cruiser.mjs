/**
 * Which folder may import which. Every rule says why, because the sentence is what a person
 * reads when the check refuses an import.
 */
const domains = ['catalog', 'close', 'delivery', 'operations', 'preview', 'rating', 'success', 'usage'];

/**
 * The rule "this domain of lambdas/ may import only these paths below lambdas/ (itself included)".
 * @param {string} domain
 * @param {string[]} allowed
 * @param {string} comment
 * @returns {import('dependency-cruiser').IForbiddenRuleType}
 */
const only = (domain, allowed, comment) => ({
  name: `${domain}-boundary`,
  comment,
  severity: 'error',
  from: { path: `^lambdas/${domain}/` },
  to: { path: '^lambdas/', pathNot: [`^lambdas/${domain}/`, ...allowed.map((path) => `^lambdas/${path}`)] },
});

const pure = 'platform/(decimal|period|currency|canonical-json|hash)\\.ts$';
const deliverySeam = 'delivery/(types|delivery-store|mapping|enqueue|netsuite/netsuite-client)\\.ts$';

/** @type {import('dependency-cruiser').IConfiguration} */
export default {
  forbidden: [
    {
      name: 'no-circular',
      comment: 'Two modules that import each other are one module in two files.',
      severity: 'error',
      from: {},
      to: { circular: true, viaOnly: { dependencyTypesNot: ['type-only'] } },
    },
    {
      name: 'platform-knows-no-domain',
      comment: 'platform/ is what every domain stands on; it must not lean on one of them.',
      severity: 'error',
      from: { path: '^lambdas/platform/' },
      to: { path: `^lambdas/(${domains.join('|')})/` },
    },
    only('catalog', ['platform/'], 'The catalog is read by all domains and reads none.'),
    only('rating', ['catalog/types\\.ts$', pure], 'Rating is a pure library: no AWS, no clock, no I/O.'),
    only('usage', ['catalog/', 'platform/'], 'Usage knows accounts and meters, never money.'),
    only('delivery', ['catalog/', 'platform/'], 'A delivery maps and sends; what it sends is decided elsewhere.'),
    only('success', ['usage/', 'catalog/', 'platform/', 'delivery/types\\.ts$'], 'Signals read usage, never money.'),
    only(
      'close',
      ['usage/', 'rating/', 'catalog/', 'platform/', deliverySeam],
      'A close reaches the ERP through the seam of delivery only (types, store, mapping, enqueue, client).',
    ),
    only(
      'preview',
      ['close/', 'usage/', 'rating/', 'catalog/', 'platform/'],
      'A preview reads and rates as a close does, and posts nothing.',
    ),
    {
      name: 'rating-takes-no-package',
      comment: 'Rating is a pure library: it imports neither packages nor Node modules.',
      severity: 'error',
      from: { path: '^lambdas/rating/' },
      to: { dependencyTypes: ['npm', 'npm-dev', 'npm-optional', 'npm-peer', 'npm-no-pkg', 'npm-unknown', 'core'] },
    },
    {
      name: 'handlers-are-entries',
      comment: 'A handler is wired and called by Lambda; what two callers share belongs in a module of its own.',
      severity: 'error',
      from: { pathNot: '^(test|bench)/' },
      to: { path: '\\.handler\\.ts$' },
    },
    {
      name: 'runtime-takes-no-development-package',
      comment: 'What a Lambda bundles must be a dependency, not a devDependency.',
      severity: 'error',
      from: { path: '^lambdas/' },
      to: { dependencyTypes: ['npm-dev'], dependencyTypesNot: ['type-only'], pathNot: '^node_modules/@types/' },
    },
    {
      name: 'runtime-knows-no-other-side',
      comment: 'lambdas/ is what runs in the cloud; nothing of the house around it may be bundled into it.',
      severity: 'error',
      from: { path: '^lambdas/' },
      to: { path: '^(bin|lib|emitter|local|ops|console|scripts|bench|test)/' },
    },
    {
      name: 'infrastructure-only',
      comment: 'lib/ and bin/ describe resources; runtime code reaches them as bundles, and names as constants only.',
      severity: 'error',
      from: { path: '^(bin|lib)/' },
      to: {
        path: '^(lambdas|emitter|local|ops|console|scripts|bench|test)/',
        pathNot: '^lambdas/platform/(metric-names|domain-events)\\.ts$',
      },
    },
    {
      name: 'local-is-the-other-side',
      comment: 'Sandboxes, generator and demo are oracles: sharing code with the product would share its mistakes.',
      severity: 'error',
      from: { path: '^local/' },
      to: { path: '^(lambdas|lib|bin|console|bench|test)/' },
    },
    {
      name: 'emitter-stands-alone',
      comment: 'Producers are the other side: the emitter goes into their services, which have nothing of this house.',
      severity: 'error',
      from: { path: '^emitter/' },
      to: { path: '^(lambdas|lib|bin|local|ops|console|scripts|bench|test)/' },
    },
    {
      name: 'ops-talks-http',
      comment: 'The command line uses the HTTP API like anybody else; it may share types only.',
      severity: 'error',
      from: { path: '^ops/' },
      to: { path: '^(lambdas|lib|bin|local|console|bench|test)/', pathNot: '^lambdas/[^/]+/types\\.ts$' },
    },
    {
      name: 'recomputation-is-another-path',
      comment: 'The recomputation proves the ledger only as long as it shares nothing with it, not even a type.',
      severity: 'error',
      from: { path: '^ops/recompute/' },
      to: { path: '^(lambdas|lib|bin|local|console|bench|test)/' },
    },
    {
      name: 'oracle-is-the-other-side',
      comment: 'The oracle checks the rating library only as long as it shares nothing with it, not even a type.',
      severity: 'error',
      from: { path: '^test/rating/oracle/' },
      to: { path: '^(lambdas|lib|bin|local|ops|console|scripts|bench)/|^test/(?!rating/oracle/)|^node_modules/' },
    },
    {
      name: 'console-imports-types-only',
      comment: 'The console runs in a browser: of lambdas/ it may take types (`import type`), nothing that runs.',
      severity: 'error',
      from: { path: '^console/' },
      to: { path: '^(lambdas|lib|bin|local|ops|bench|test)/', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'resolvable',
      comment: 'An import that resolves to nothing hides from every other rule.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true, pathNot: ['^virtual:', '^aws-lambda$'] },
    },
  ],
  options: {
    // TypeScript 7 has no compiler API to parse with: without swc the check sees 0 modules and reports green.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^(dist|\\.local|cdk\\.out|coverage)/', '\\.generated\\.'] },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'node', 'default', 'types'] },
    skipAnalysisNotInRules: true,
  },
};
