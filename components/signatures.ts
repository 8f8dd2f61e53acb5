// Of a link with a signature, what is new each time that it is made: no change of what holds it.
const LINK = "sas+http";
const LIFETIME = /(sas\+https?:\/\/[^"\s#\\]+#[a-z]+),\d+(?:\.\d+)?/g;
const SIGNATURE = /([?&]sig=)[^&"\s\\]*/g;

/** JSON text without how long links live, which makes nothing else of what holds them. */
export const withoutLifetimes = (text: string): string =>
    text.includes(LINK) ? text.replace(LIFETIME, "$1") : text;

/** Tasks as text, without what is new with every signature of a link. */
export const withoutSignatures = (text: string): string =>
    withoutLifetimes(text.includes("sig=") ? text.replace(SIGNATURE, "$1") : text);
