/**
 * In whose way numbers and times are written: the first language that the viewer's browser names. Words of the page are
 * English; figures and dates are read more often than words, and in Korean they have a shape of their own.
 */
export type Tongue = 'en' | 'ko';

export const tongueOf = (languages: readonly string[]): Tongue =>
  languages[0]?.toLowerCase().split('-')[0] === 'ko' ? 'ko' : 'en';

/** Of whoever looks; where no page is there is nobody. */
export const tongue = (): Tongue => (typeof document === 'undefined' ? 'en' : tongueOf(navigator.languages));
