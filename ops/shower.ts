import { nowMillis } from './clock.ts';

/** Shows how work goes: `line` replaces the one before; `end` when there is no more to come. */
export type Shower = { line(text: string): void; end(): void };

/** Between two lines where they cannot replace each other: in a log. */
const LOG_MILLIS = 10_000;

/** Shows on standard error, so that a result can be piped: one line that changes, or in a log a line now and then. */
export const terminalShower = (out: NodeJS.WriteStream = process.stderr): Shower => {
  let [shown, at] = ['', 0];
  return {
    line: (text) => {
      if (text === shown) return;
      if (out.isTTY) out.write(`\r\u001b[2K${text}`);
      else if (nowMillis() - at >= LOG_MILLIS) {
        out.write(`${text}\n`);
        at = nowMillis();
      } else return;
      shown = text;
    },
    end: () => {
      if (out.isTTY && shown !== '') out.write('\r\u001b[2K');
      shown = '';
    },
  };
};
