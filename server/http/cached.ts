/**
 * An answer about a result is kept by the browser of whoever asked: a result never changes. Its access may: what one account was
 * shown is not another's that uses the same browser, nor an owner's own what a look through others' eyes brings.
 */
import { PREVIEW_HEADER } from './preview.ts';

export const CACHED = { 'cache-control': 'private, max-age=3600', vary: `cookie, authorization, ${PREVIEW_HEADER}` };
