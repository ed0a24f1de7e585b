/**
 * Who may import whom: the table of docs/architecture.md, as configuration. A layer may import itself
 * and what its row names; type-only imports count. scripts/check-arrows.ts runs it and refuses a run that
 * saw fewer modules than there are files; scripts/check-arrows.test.ts plants a fault for every rule.
 */
const mayImport = {
  core: [],
  record: ["core"],
  io: ["core"],
  protocol: ["core", "record"],
  store: ["core", "record", "io"],
  broker: ["core", "record", "io", "store"],
  nameserver: ["core", "io"],
  transport: ["core", "record", "io", "protocol", "broker", "nameserver"],
  client: ["core", "record", "io", "protocol"],
  app: ["core", "record", "io", "protocol", "store", "broker", "nameserver", "transport", "client"],
};

const isTest = "\\.test\\.ts$";

const layers = Object.entries(mayImport).map(([layer, targets]) => ({
  name: `layer-${layer}`,
  comment: `src/${layer} may import ${["itself", ...targets].join(", ")}, and nothing else of ours.`,
  severity: "error",
  from: { path: `^src/${layer}/`, pathNot: isTest },
  to: { path: "^(src|cli|scripts|test)/", pathNot: `^src/(${[layer, ...targets].join("|")})/` },
}));

module.exports = {
  forbidden: [
    ...layers,
    {
      name: "tests-beside-code-stay-in-their-layer",
      comment: "A test beside its file may also use test/support and test/simulation.",
      severity: "error",
      from: { path: `^src/.+${isTest}` },
      to: { path: "^(cli|scripts|test)/", pathNot: "^test/(support|simulation)/" },
    },
    {
      name: "nothing-imports-a-test",
      severity: "error",
      from: {},
      to: { path: isTest },
    },
    {
      name: "the-product-needs-no-workshop",
      comment: "Scripts may drive what lies in test/; the product needs neither.",
      severity: "error",
      from: { path: "^cli/", pathNot: isTest },
      to: { path: "^(scripts|test)/" },
    },
    {
      name: "every-file-of-src-has-a-layer",
      severity: "error",
      from: { path: "^src/", pathNot: `^src/(${Object.keys(mayImport).join("|")})/` },
      to: {},
    },
    {
      name: "no-cycles",
      severity: "error",
      from: {},
      to: { circular: true },
    },
    {
      name: "broker-sees-the-port-only",
      comment: "A broker knows no concrete store.",
      severity: "error",
      from: { path: "^src/broker/", pathNot: isTest },
      to: { path: "^src/store/", pathNot: "^src/store/message-store\\.ts$" },
    },
    {
      name: "transports-do-not-meet",
      severity: "error",
      from: { path: "^src/transport/([^/]+)/" },
      to: { path: "^src/transport/[^/]+/", pathNot: "^src/transport/$1/" },
    },
    {
      name: "bun-io-is-chosen-at-the-top",
      comment: "Everything else gets the machine through the Environment it is given.",
      severity: "error",
      from: { path: "^(src|cli)/", pathNot: `^src/io/bun/|^cli/main\\.ts$|${isTest}` },
      to: { path: "^src/io/bun/" },
    },
    {
      name: "runtime-modules-stay-in-io",
      comment: "node: and bun: modules: src/io/bun and the three pure wrappers.",
      severity: "error",
      from: {
        path: "^(src|cli)/",
        pathNot: `^src/io/bun/|^src/core/(crc32|compress|sha256)\\.ts$|${isTest}`,
      },
      to: { dependencyTypes: ["core"] },
    },
    {
      name: "libraries-stay-at-the-edge",
      comment: "Codecs, services, stores and the client need none; io/bun, app and cli may.",
      severity: "error",
      from: {
        path: `^src/(${Object.keys(mayImport)
          .filter((layer) => layer !== "app")
          .join("|")})/`,
        pathNot: `^src/io/bun/|${isTest}`,
      },
      to: { dependencyTypes: ["npm", "npm-dev", "npm-no-pkg", "npm-unknown"] },
    },
    {
      name: "commands-use-the-public-api",
      comment:
        "Against a running cluster the toolkit can do nothing that an application could not.",
      severity: "error",
      from: { path: "^cli/", pathNot: `^cli/main\\.ts$|${isTest}` },
      to: { path: "^src/", pathNot: "^src/(client|core|app)/|^src/io/[^/]+\\.ts$" },
    },
    {
      name: "main-adds-only-the-machine",
      severity: "error",
      from: { path: "^cli/main\\.ts$" },
      to: {
        path: "^src/",
        pathNot: "^src/(client|core|app|io)/",
      },
    },
    {
      name: "no-unresolvable-import",
      severity: "error",
      from: {},
      to: { couldNotResolve: true },
    },
  ],
  options: {
    parser: "swc",
    doNotFollow: { path: "node_modules" },
    // The Node client of the interop programs has packages of its own.
    exclude: { path: "^(dist|\\.cache|test/interop/node)/" },
    enhancedResolveOptions: {
      extensions: [".ts"],
      exportsFields: ["exports"],
      conditionNames: ["import", "default"],
    },
    builtInModules: { add: ["bun", "bun:jsc", "bun:test", "bun:ffi", "bun:sqlite"] },
  },
};
