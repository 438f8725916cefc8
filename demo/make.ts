/**
 * Makes the demo's recordings from the npm package vega-datasets: `node demo/make.ts [folder]`,
 * here by default. The same package gives the same bytes. Origin and licence of the data:
 * README.md.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const DATA = new URL('../node_modules/vega-datasets/data/', import.meta.url);
const FOLDER = process.argv[2] ?? import.meta.dirname;

/** The first full week of the flights, Monday to Sunday. */
const FLIGHTS_FROM = '2001/01/08';
const FLIGHTS_TO = '2001/01/15';

/** Events of one minute travel in one PDU, sent when the last of them has happened. */
const PDU_SECONDS = 60;

/** One event, and when it happened in seconds since 1970. */
interface Event {
  readonly at: number;
  readonly message: Readonly<Record<string, unknown>>;
}

interface Flight {
  readonly date: string;
  readonly delay: number;
  readonly distance: number;
  readonly origin: string;
  readonly destination: string;
}

interface Quake {
  readonly properties: {
    readonly time: number;
    readonly mag: number;
    readonly place: string;
    readonly type: string;
    readonly net: string;
  };
  readonly geometry: { readonly coordinates: readonly [number, number, number] };
}

writeRecording('flights', flights());
writeRecording('earthquakes', earthquakes());

function flights(): Event[] {
  const all = readJson<Flight[]>('flights-20k.json');
  const week = all.filter(({ date }) => date >= FLIGHTS_FROM && date < FLIGHTS_TO);
  return week.map(({ date, delay, distance, origin, destination }) => {
    // Local time at the origin: the data names no zone, and neither does the message.
    const time = date.replaceAll('/', '-').replace(' ', 'T');
    const message = { time, origin, destination, delay_min: delay, distance_mi: distance };
    return { at: Date.parse(`${time}Z`) / 1_000, message };
  });
}

function earthquakes(): Event[] {
  const { features } = readJson<{ features: Quake[] }>('earthquakes.json');
  return features.map(({ properties, geometry }) => {
    const { time, mag: magnitude, place, type, net: network } = properties;
    const depth_km = geometry.coordinates[2];
    const message = {
      time: new Date(time).toISOString(),
      magnitude,
      depth_km,
      place,
      type,
      network,
    };
    return { at: time / 1_000, message };
  });
}

function readJson<T>(name: string): T {
  return JSON.parse(readFileSync(new URL(name, DATA), 'utf8'));
}

/**
 * One line for each minute in which something happened. Positions are dense: one step for each
 * message.
 */
function writeRecording(channel: string, events: readonly Event[]): void {
  const inOrder = [...events].sort((a, b) => a.at - b.at);
  const generation = Math.floor(inOrder[0]!.at);
  const lines: string[] = [];
  let index = 0;
  for (const batch of Map.groupBy(inOrder, ({ at }) => Math.floor(at / PDU_SECONDS)).values()) {
    index += batch.length;
    const line = {
      subscription_id: channel,
      position: `${generation}:${index}`,
      messages: batch.map(({ message }) => message),
      timestamp: batch.at(-1)!.at,
    };
    lines.push(`${JSON.stringify(line)}\n`);
  }
  writeFileSync(join(FOLDER, `${channel}.jsonl`), lines.join(''));
}
