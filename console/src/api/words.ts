import { ApiError } from './client.ts';

/** What went wrong, what it means and what to do, for the refusals a person meets. */
export type Explained = { readonly header: string; readonly text: string };

const KNOWN: Readonly<Record<string, Explained>> = {
  MAKER_IS_CHECKER: {
    header: 'You may not approve your own work',
    text: 'You changed an input of this manifest, so someone else must decide it. Nothing was posted. Ask another finance approver; they find it on this page.',
  },
  STALE_MANIFEST: {
    header: 'The manifest has changed since you opened it',
    text: 'What you saw is no longer what would be posted, so nothing was decided. The page now shows the present one: check its totals and decide again.',
  },
  STALE_PUBLICATION: {
    header: 'The publication is another one than you saw',
    text: 'Nothing was published. Reload the page and look at what it changes now.',
  },
  CATALOG_CHANGED: {
    header: 'The catalog has changed in the meantime',
    text: 'Another publication took a version that this one would have made. Nothing was published; propose it again.',
  },
  ALREADY_DECIDED: {
    header: 'Someone has decided this already',
    text: 'Your decision was not recorded. The page now shows who decided, and when.',
  },
  ALREADY_RESOLVED: {
    header: 'Someone has decided this exception already',
    text: 'Your decision was not recorded. The page now shows the one that holds.',
  },
  ROLE_MISSING: {
    header: 'Your role does not allow this',
    text: 'Nothing was changed. Ask someone who has the role, or your administrator for it.',
  },
  NOT_REACHED: {
    header: 'The API could not be reached',
    text: 'Nothing is known about whether it was done. Check the connection, reload the page and look before you repeat it.',
  },
  NOT_SIGNED_IN: { header: 'Your session has ended', text: 'Nothing was changed. Sign in again to go on.' },
};

const sentence = (text: string): string => `${text.charAt(0).toUpperCase()}${text.slice(1)}`.replace(/\.?$/, '.');

/** An error as a person should read it; the API's own sentence is kept. */
export const explain = (error: unknown, fallback: string): Explained => {
  if (!(error instanceof ApiError)) {
    return { header: fallback, text: error instanceof Error ? error.message : 'Something unexpected happened here.' };
  }
  const known = KNOWN[error.code];
  return known
    ? { header: known.header, text: `${known.text} (${error.code})` }
    : { header: fallback, text: `${sentence(error.detail)} (${error.code})` };
};

/** A read that failed. Nothing can have changed by it, so the words of actions do not fit. */
export const explainRead = (error: unknown, what: string): Explained => {
  const fallback = `${what} could not be read`;
  if (error instanceof ApiError && error.code === 'ROLE_MISSING') {
    return {
      header: `${what} cannot be shown with your role`,
      text: `${sentence(error.detail)} Ask your administrator for it if you need it. (${error.code})`,
    };
  }
  if (error instanceof ApiError && error.code === 'NOT_REACHED') return { header: fallback, text: error.detail };
  return explain(error, fallback);
};
