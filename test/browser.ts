import { spawn } from 'node:child_process';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createBrotliDecompress } from 'node:zlib';
import { type Browser, chromium } from 'playwright-core';

/** A headless Chromium wherever it can be had: CHROMIUM_PATH, the system's, else the one in the npm package. */

const SYSTEM = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/usr/bin/google-chrome-stable',
];
const MISSING =
  'No browser to test the console with: install Chromium (or set CHROMIUM_PATH to one), or use Linux x64, for which the npm package @sparticuz/chromium brings one.';

/** By way of a file: fed through a pipe, tar may end at the archive's end mark before the padding behind it is written. */
const untar = async (archive: string, into: string): Promise<void> => {
  await mkdir(into, { recursive: true });
  const plain = `${into}.tar`;
  await pipeline(createReadStream(archive), createBrotliDecompress(), createWriteStream(plain));
  const tar = spawn('tar', ['-x', '-f', plain, '-C', into], { stdio: ['ignore', 'ignore', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    tar.on('error', reject);
    tar.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`tar ended with ${code} for ${archive}`))));
  });
  await rm(plain);
};

/** The package's own configuration names places of another system; a browser that finds no font at all crashes. */
const fontConfiguration = (home: string): string => `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>${join(home, 'fonts', 'fonts')}</dir>
  <dir>/usr/share/fonts</dir>
  <cachedir>${join(home, 'fonts', 'cache')}</cachedir>
</fontconfig>
`;

/** Unpacks the browser of the npm package once per version below `.local/`; a half-made one is never seen. */
const unpack = async (): Promise<string> => {
  const root = join(import.meta.dirname, '..', '.local', 'chromium');
  const packageRoot = dirname(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')));
  const { version } = JSON.parse(await readFile(join(packageRoot, 'package.json'), 'utf8')) as { version: string };
  const home = join(root, version);
  if (existsSync(home)) return home;
  await mkdir(root, { recursive: true });
  const draft = await mkdtemp(join(root, 'unpacking-'));
  await Promise.all([
    pipeline(
      createReadStream(join(packageRoot, 'bin', 'chromium.br')),
      createBrotliDecompress(),
      createWriteStream(join(draft, 'chromium'), { mode: 0o755 }),
    ),
    untar(join(packageRoot, 'bin', 'al2023.tar.br'), join(draft, 'libraries')),
    untar(join(packageRoot, 'bin', 'fonts.tar.br'), join(draft, 'fonts')),
  ]);
  await writeFile(join(draft, 'fonts', 'fonts.conf'), fontConfiguration(home));
  try {
    await rename(draft, home);
  } catch (error) {
    await rm(draft, { recursive: true, force: true });
    // Another test process was faster: its copy is as good.
    if (!existsSync(home)) throw error;
  }
  return home;
};

const args = ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu', '--font-render-hinting=none', '--lang=en-US'];

/**
 * Starts a headless Chromium. The caller closes it.
 * @throws one sentence that says what to install when there is none.
 */
export const launchBrowser = async (): Promise<Browser> => {
  const wanted = process.env.CHROMIUM_PATH;
  const system = [...(wanted ? [wanted] : []), ...SYSTEM].find((path) => existsSync(path));
  if (system) return chromium.launch({ executablePath: system, args });
  if (wanted || process.platform !== 'linux' || process.arch !== 'x64') throw new Error(MISSING);
  const home = await unpack();
  return chromium.launch({
    executablePath: join(home, 'chromium'),
    args: [...args, '--no-zygote'],
    env: {
      ...process.env,
      LD_LIBRARY_PATH: join(home, 'libraries', 'lib'),
      FONTCONFIG_PATH: join(home, 'fonts'),
    },
  });
};
