/** What a person can decide about an exception, in the words of the API. */
export const DECISIONS = [
  {
    value: 'accepted',
    label: 'It is right as it is',
    description: 'Goes on with the figures as they are; the account is held no longer.',
  },
  {
    value: 'fixed',
    label: 'The cause is mended',
    description: 'The next close looks again; if it finds the same, the exception opens again.',
  },
] as const;
