// What the runtime knows of a zone: its offsets, and when they change. Found by bisection, without luxon, so that
// edges can be computed a second time, from their definition.

/** A span of constant offset, [from, next span's from). Unix milliseconds; the offset in milliseconds. */
export interface OffsetSpan {
  readonly from: number;
  readonly offsetMs: number;
}

/** No two changes since 1971 are nearer to each other (Boa Vista had summer time for 7 days in October 2000). */
const STEP_MS = 5 * 86_400_000;
const SECOND_MS = 1_000;

/** Old names that the runtime takes but does not list: `backward` of the tz database, all of them. */
const LINK_NAMES = `
  Africa/Asmara Africa/Asmera Africa/Timbuktu America/Argentina/ComodRivadavia America/Atka America/Buenos_Aires
  America/Catamarca America/Coral_Harbour America/Cordoba America/Ensenada America/Fort_Wayne America/Godthab
  America/Indianapolis America/Jujuy America/Knox_IN America/Kreston America/Louisville America/Mendoza
  America/Montreal America/Nipigon America/Nuuk America/Pangnirtung America/Porto_Acre America/Rainy_River
  America/Rosario America/Santa_Isabel America/Shiprock America/Thunder_Bay America/Virgin America/Yellowknife
  Antarctica/South_Pole Asia/Ashkhabad Asia/Calcutta Asia/Choibalsan Asia/Chongqing Asia/Chungking Asia/Dacca
  Asia/Harbin Asia/Ho_Chi_Minh Asia/Istanbul Asia/Kashgar Asia/Kathmandu Asia/Katmandu Asia/Kolkata Asia/Macao
  Asia/Rangoon Asia/Saigon Asia/Tel_Aviv Asia/Thimbu Asia/Ujung_Pandang Asia/Ulan_Bator Asia/Yangon Atlantic/Faeroe
  Atlantic/Faroe Atlantic/Jan_Mayen Australia/ACT Australia/Canberra Australia/Currie Australia/LHI Australia/NSW
  Australia/North Australia/Queensland Australia/South Australia/Tasmania Australia/Victoria Australia/West
  Australia/Yancowinna Brazil/Acre Brazil/DeNoronha Brazil/East Brazil/West CET CST6CDT Canada/Atlantic
  Canada/Central Canada/Eastern Canada/Mountain Canada/Newfoundland Canada/Pacific Canada/Saskatchewan Canada/Yukon
  Chile/Continental Chile/EasterIsland Cuba EET EST EST5EDT Egypt Eire Etc/GMT+12 Etc/GMT-14 Etc/Greenwich Etc/UTC
  Etc/Universal Etc/Zulu Europe/Belfast Europe/Kiev Europe/Kyiv Europe/Nicosia Europe/Tiraspol Europe/Uzhgorod
  Europe/Zaporozhye GB GB-Eire GMT GMT+0 GMT-0 GMT0 Greenwich HST Hongkong Iceland Indian/Christmas Iran Israel
  Jamaica Japan Kwajalein Libya MET MST MST7MDT Mexico/BajaNorte Mexico/BajaSur Mexico/General NZ NZ-CHAT Navajo
  PRC PST8PDT Pacific/Chuuk Pacific/Enderbury Pacific/Johnston Pacific/Kanton Pacific/Pohnpei Pacific/Ponape
  Pacific/Samoa Pacific/Truk Pacific/Yap Poland Portugal ROC ROK Singapore Turkey UCT US/Alaska US/Aleutian
  US/Arizona US/Central US/East-Indiana US/Eastern US/Hawaii US/Indiana-Starke US/Michigan US/Mountain US/Pacific
  US/Samoa UTC Universal W-SU WET Zulu`;

/** Every name the runtime takes, listed or not, sorted. */
export function zoneNames(): string[] {
  const names = new Set([...Intl.supportedValuesOf('timeZone'), ...LINK_NAMES.trim().split(/\s+/)]);
  return [...names].filter(isKnown).sort();
}

/** The name under which the runtime keeps the zone: links have that of their target. */
export function canonicalName(zone: string): string {
  return new Intl.DateTimeFormat('en', { timeZone: zone }).resolvedOptions().timeZone;
}

/** The spans of a zone that overlap [from, to), in order; the first starts at `from`. Whole seconds. */
export function offsetSpans(zone: string, from: number, to: number): OffsetSpan[] {
  const offsetAt = offsetReader(zone);
  const spans = [{ from, offsetMs: offsetAt(from) }];
  for (let at = from; at < to; at += STEP_MS) {
    const end = Math.min(at + STEP_MS, to);
    const { offsetMs } = spans.at(-1)!;
    if (offsetAt(end) !== offsetMs) spans.push(...changeBetween(offsetAt, at, end));
  }
  return spans;
}

function isKnown(zone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: zone }) !== null;
  } catch {
    return false;
  }
}

/** The offset, in milliseconds, at a time. */
function offsetReader(zone: string): (at: number) => number {
  const format = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  return (at) => {
    // 12/31/1971, 23:15:30
    const [month, day, year, hour, minute, second] = format.format(at).match(/\d+/g)!.map(Number);
    return Date.UTC(year!, month! - 1, day!, hour!, minute!, second!) - at;
  };
}

function changeBetween(offsetAt: (at: number) => number, from: number, to: number): OffsetSpan[] {
  const before = offsetAt(from);
  let [low, high] = [from, to];
  while (high - low > SECOND_MS) {
    const middle = low + Math.floor((high - low) / 2 / SECOND_MS) * SECOND_MS;
    if (offsetAt(middle) === before) low = middle;
    else high = middle;
  }
  return [{ from: high, offsetMs: offsetAt(high) }];
}
