import { createServer } from 'node:net';

/** The ports of one local system, all on 127.0.0.1. */
export type Ports = { emulator: number; proxy: number; netsuite: number; gainsight: number };

const usual: Ports = { emulator: 4566, proxy: 4600, netsuite: 4610, gainsight: 4611 };

/**
 * The usual ports, or four in a row from a base, so that a second system can run beside the first.
 * @param base the number in `MB_PORT_BASE`, when it is set
 * @throws when the base is not a port number
 */
export const choosePorts = (base: string | undefined = process.env.MB_PORT_BASE): Ports => {
  if (base === undefined || base === '') return usual;
  const first = Number(base);
  if (!Number.isInteger(first) || first < 1024 || first > 65_000) {
    throw new Error(`MB_PORT_BASE is "${base}": give a number from 1024 to 65000, e.g. MB_PORT_BASE=4700.`);
  }
  return { emulator: first, proxy: first + 1, netsuite: first + 2, gainsight: first + 3 };
};

const isFree = (port: number): Promise<boolean> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE' || error.code === 'EACCES') resolve(false);
      else reject(error);
    });
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(true)));
  });

/** @throws one sentence that names every taken port and says what to do. */
export const checkPortsAreFree = async (ports: Ports): Promise<void> => {
  const taken: string[] = [];
  for (const [name, port] of Object.entries(ports)) if (!(await isFree(port))) taken.push(`${port} (${name})`);
  if (taken.length === 0) return;
  throw new Error(
    `${taken.length === 1 ? 'Port' : 'Ports'} ${taken.join(', ')} on 127.0.0.1 ${taken.length === 1 ? 'is' : 'are'} taken: stop what listens there (another Meterbridge?), or move this system with MB_PORT_BASE=4700.`,
  );
};

/** A port on 127.0.0.1 that nobody listens on now, for a server that no one needs to find by its number. */
export const freePort = (): Promise<number> =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
