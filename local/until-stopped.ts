/** Waits for Ctrl-C or a request to end. A second Ctrl-C, when the stop itself takes too long, ends the process. */
export const untilStopped = (): Promise<NodeJS.Signals> =>
  new Promise((resolve) => {
    // Without a timer Node would end when nothing else is open.
    const open = setInterval(() => undefined, 60_000);
    const signals: NodeJS.Signals[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    const stop = (signal: NodeJS.Signals): void => {
      clearInterval(open);
      for (const each of signals) process.removeListener(each, stop);
      resolve(signal);
    };
    for (const signal of signals) process.on(signal, stop);
  });
