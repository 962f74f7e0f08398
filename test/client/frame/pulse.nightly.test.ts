import { testEndless } from './pulse.ts';

testEndless([
  { name: 'at once', place: 0 },
  { name: 'later', place: 0 },
  { name: 'later', place: 3 },
]);
