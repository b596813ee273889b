/** The oracle cannot price this: the library must refuse it too. */
export class Unratable extends Error {}
