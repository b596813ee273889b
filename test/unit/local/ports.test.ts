import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { checkPortsAreFree, choosePorts } from '../../../local/ports.ts';

describe('the ports of a local system', () => {
  it('are the usual ones, or four in a row from MB_PORT_BASE', () => {
    expect(choosePorts('')).toEqual({ emulator: 4566, proxy: 4600, netsuite: 4610, gainsight: 4611 });
    expect(choosePorts('4700')).toEqual({ emulator: 4700, proxy: 4701, netsuite: 4702, gainsight: 4703 });
  });

  it.each(['abc', '80', '70000', '47.5'])('refuse MB_PORT_BASE=%s in a sentence', (base) => {
    expect(() => choosePorts(base)).toThrow(/^MB_PORT_BASE is ".*": give a number/);
  });

  it('are checked: a taken one is named, with what to do', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const ports = { emulator: port, proxy: port, netsuite: port, gainsight: port };
    await expect(checkPortsAreFree(ports)).rejects.toThrow(
      new RegExp(`^Ports ${port} \\(emulator\\), .* are taken: stop what listens there .* MB_PORT_BASE=`),
    );
    await new Promise((resolve) => server.close(resolve));
    await expect(checkPortsAreFree(ports)).resolves.toBeUndefined();
  });
});
