import { testEndless } from './pulse.ts';

testEndless([{ name: 'at once', place: 3 }]);
