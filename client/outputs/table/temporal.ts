/**
 * Dates and times as the engine prints them, from its own integers. JavaScript's Date is used only to ask for a time
 * zone's offset: it holds neither microseconds nor the years that the engine's timestamps reach.
 */
const SECONDS_OF_DAY = 86_400n;
const INFINITE_DAYS = 2_147_483_647;
const INFINITE = 9_223_372_036_854_775_807n;

/** Days since 1970-01-01 → `2001-01-31`, `0044-03-15 (BC)`, `infinity`. */
export function dateText(days: number): string {
  if (days === INFINITE_DAYS) return 'infinity';
  if (days === -INFINITE_DAYS) return '-infinity';
  const { year, text } = civil(days);
  return year > 0 ? text : `${text} (BC)`;
}

/** Howard Hinnant's days-to-civil: proleptic Gregorian, any year. */
function civil(days: number): { year: number; text: string } {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const doe = z - era * 146_097;
  const yoe = Math.floor((doe - Math.floor(doe / 1460) + Math.floor(doe / 36_524) - Math.floor(doe / 146_096)) / 365);
  const doy = doe - (365 * yoe + Math.floor(yoe / 4) - Math.floor(yoe / 100));
  const mp = Math.floor((5 * doy + 2) / 153);
  const day = doy - Math.floor((153 * mp + 2) / 5) + 1;
  const month = mp < 10 ? mp + 3 : mp - 9;
  const year = yoe + era * 400 + (month <= 2 ? 1 : 0);
  const shown = year > 0 ? year : 1 - year;
  return { year, text: `${String(shown).padStart(4, '0')}-${two(month)}-${two(day)}` };
}

/** Units of one `perSecond`-th second since midnight → `07:21:00.5`. */
export function timeText(units: bigint, perSecond: bigint): string {
  const seconds = units / perSecond;
  const clock = `${two(Number(seconds / 3600n))}:${two(Number((seconds / 60n) % 60n))}:${two(Number(seconds % 60n))}`;
  return clock + fraction(units % perSecond, perSecond);
}

function fraction(units: bigint, perSecond: bigint): string {
  if (units === 0n) return '';
  const digits = String(perSecond).length - 1;
  return `.${String(units).padStart(digits, '0').replace(/0+$/, '')}`;
}

/** Units since 1970 → `2001-01-01 07:21:00.5`; with a zone the wall clock there and its offset, `…+02`. */
export function timestampText(units: bigint, perSecond: bigint, zone?: Zone): string {
  if (units === INFINITE) return 'infinity';
  if (units === -INFINITE) return '-infinity';
  const offset = zone ? zone.offset(Number(floorDiv(units, perSecond))) : 0;
  const local = units + BigInt(offset) * perSecond;
  const seconds = floorDiv(local, perSecond);
  const days = floorDiv(seconds, SECONDS_OF_DAY);
  const { year, text } = civil(Number(days));
  const clock = timeText(local - days * SECONDS_OF_DAY * perSecond, perSecond);
  return `${text}${year > 0 ? '' : ' (BC)'} ${clock}${zone ? offsetText(offset) : ''}`;
}

const floorDiv = (value: bigint, by: bigint): bigint => (value >= 0n ? value / by : -((-value + by - 1n) / by));

/** Seconds east of UTC → `+00`, `+05:30`; as in the engine, seconds of an old local time are not said. */
export function offsetText(offset: number): string {
  const size = Math.abs(offset);
  const minutes = Math.floor(size / 60) % 60;
  return `${offset < 0 ? '-' : '+'}${two(Math.floor(size / 3600))}${minutes ? `:${two(minutes)}` : ''}`;
}

export type Zone = {
  /** Seconds east of UTC at an instant, in seconds since 1970. */
  offset(seconds: number): number;
};

/** Unknown zones count as UTC. */
export function zoneOf(name: string): Zone {
  if (/^(utc|gmt|etc\/utc|z)$/i.test(name)) return { offset: () => 0 };
  const format = formatOf(name);
  if (!format) return { offset: () => 0 };
  // Most neighbouring values lie in the same quarter of an hour, and offsets change only on such borders.
  let known = Number.NaN;
  let offset = 0;
  return {
    offset: (seconds) => {
      const quarter = Math.floor(seconds / 900);
      if (quarter !== known) {
        known = quarter;
        offset = ask(format, seconds);
      }
      return offset;
    },
  };
}

function formatOf(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    const two = '2-digit';
    return new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: two,
      day: two,
      hour: two,
      minute: two,
      second: two,
    });
  } catch {
    return undefined;
  }
}

/** Years that Date or the era-less format cannot say take the offset of the nearest one that they can. */
const FIRST = -62_135_596_800 + 172_800;
const LAST = 8_640_000_000_000 - 172_800;

function ask(format: Intl.DateTimeFormat, seconds: number): number {
  const at = Math.min(LAST, Math.max(FIRST, seconds));
  const parts: Record<string, number> = {};
  for (const part of format.formatToParts(at * 1000)) parts[part.type] = Number(part.value);
  const { year = 1970, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  const wall = new Date(0);
  wall.setUTCFullYear(year, month - 1, day);
  wall.setUTCHours(hour, minute, second);
  return Math.round(wall.getTime() / 1000) - at;
}

const two = (value: number): string => (value < 10 ? `0${value}` : String(value));
