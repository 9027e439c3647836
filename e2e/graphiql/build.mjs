// Bundles GraphiQL into a folder: `node graphiql/build.mjs FOLDER`. Every name but index.html carries a hash.
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { basename, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Where the server serves the folder. */
const BASE = '/graphiql';

const here = fileURLToPath(new URL('.', import.meta.url));
const outdir = resolve(process.argv[2] ?? join(here, '../../target/graphiql'));

/**
 * Leaves out the fonts that GraphiQL's style sheet carries as data: the page's policy wants fonts from this
 * server, the system's own are as good, and Monaco brings its icons as a file.
 */
const withoutDataFonts = {
  name: 'without-data-fonts',
  setup({ onLoad }) {
    onLoad({ filter: /graphiql[/\\].*\.css$/ }, async ({ path }) => {
      const css = await readFile(path, 'utf8');
      const contents = css.replace(/@font-face\s*\{[^}]*url\("?data:[^}]*\}/g, '');
      return { contents, loader: 'css' };
    });
  },
};

const settings = {
  absWorkingDir: join(here, '..'),
  outdir,
  bundle: true,
  minify: true,
  metafile: true,
  format: 'esm',
  target: 'es2022',
  jsx: 'automatic',
  legalComments: 'none',
  logLevel: 'warning',
  publicPath: BASE,
  entryNames: '[name]-[hash]',
  assetNames: '[name]-[hash]',
  plugins: [withoutDataFonts],
  loader: { '.ttf': 'file', '.svg': 'copy' },
  define: { 'process.env.NODE_ENV': '"production"' },
};

/** Runs esbuild and returns where each entry point, and the style sheet of each, will be found. */
async function bundle(entryPoints, define = {}) {
  const options = { ...settings, entryPoints, define: { ...settings.define, ...define } };
  const { metafile } = await build(options);
  const addresses = new Map();
  for (const [file, output] of Object.entries(metafile.outputs)) {
    if (!output.entryPoint) continue;
    const name = basename(output.entryPoint).replace(/\.jsx$/, '.js');
    addresses.set(name, address(file));
    if (output.cssBundle) addresses.set(name.replace(/\.js$/, '.css'), address(output.cssBundle));
  }
  return addresses;
}

function address(file) {
  return `${BASE}/${relative(outdir, resolve(settings.absWorkingDir, file))}`;
}

await rm(outdir, { recursive: true, force: true });
await mkdir(outdir, { recursive: true });

const workers = await bundle([
  'monaco-editor/esm/vs/editor/editor.worker.js',
  'monaco-editor/esm/vs/language/json/json.worker.js',
  'monaco-graphql/esm/graphql.worker.js',
]);
const addresses = await bundle([join(here, 'graphiql.jsx'), join(here, 'icon.svg')], {
  WORKER_EDITOR: JSON.stringify(workers.get('editor.worker.js')),
  WORKER_JSON: JSON.stringify(workers.get('json.worker.js')),
  WORKER_GRAPHQL: JSON.stringify(workers.get('graphql.worker.js')),
});

const template = await readFile(join(here, 'index.html'), 'utf8');
const page = template.replace(/\{\{(.+?)\}\}/g, (_, name) => {
  if (!addresses.has(name)) throw new Error(`index.html asks for ${name}, which was not built`);
  return addresses.get(name);
});
await writeFile(join(outdir, 'index.html'), page.replace(/^<!--.*-->\n/, ''));
