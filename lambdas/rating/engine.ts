/**
 * The version of the rating library, pinned in every line. It changes when any input could give another amount or
 * another arithmetic text; a newer engine must first reproduce the old result from the old inputs.
 */
export const ENGINE = '3';
