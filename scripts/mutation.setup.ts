import fc from 'fast-check';

// A change that a property notices is noticed: the smallest case of it is for nobody.
fc.configureGlobal({ endOnFailure: true });
