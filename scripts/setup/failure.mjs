/** A failure that a person can mend: its message is one or two sentences that say what to do. */
export class Failure extends Error {}

/**
 * The sentence for an error of the machine rather than of the project, or the error's own message.
 * @param {unknown} error
 * @param {string} output what the failed program printed, where there was one
 */
export const sentenceFor = (error, output = '') => {
  const text = `${error instanceof Error ? error.message : String(error)}\n${output}`;
  if (/ENOSPC|No space left on device/i.test(text)) {
    return 'The disk is full. Free about 3 GB where this checkout lies, then run the same command again; it goes on where it stopped.';
  }
  if (/EDQUOT|quota exceeded/i.test(text)) {
    return 'The disk quota is used up. Free about 3 GB of it, then run the same command again.';
  }
  if (/EROFS|EACCES|EPERM|Permission denied/i.test(text) && /mkdir|open|unlink|rename|Permission denied/i.test(text)) {
    return `This checkout cannot be written to (${firstLine(text)}). Give yourself write permission on it, then run the same command again.`;
  }
  if (/ENOTFOUND|EAI_AGAIN|ETIMEDOUT|ECONNREFUSED|ECONNRESET|NewConnectionError|Max retries exceeded/i.test(text)) {
    return `A package registry could not be reached (${firstLine(text)}). Check the network or proxy settings of npm and pip, then run the same command again.`;
  }
  return error instanceof Error ? error.message : String(error);
};

/** @param {string} text */
const firstLine = (text) => (text.trim().split('\n')[0] ?? '').slice(0, 200);
