/** Who reads the stream in `throughput`, and how much of it each is given: enough to take about a CPU-second. */
import { fileURLToPath } from 'node:url';
import { cReader, goReader, pythonReader, type Reader, rustReader } from './peers.ts';

/** What a case asks of its readers. */
export type Work = 'count' | 'count-by';

export interface Side {
  /** For `--only`. */
  readonly name: string;
  readonly label: string;
  /** What its report counts. Only who counts messages can count by key. */
  readonly counts: 'messages' | 'frames' | 'bytes';
  /** Makes it ready, in a folder of the run. */
  reader(folder: string): Reader;
  readonly environment?: Readonly<Record<string, string>>;
  /** Thousands of messages a run: of frames with 1, 10 and 50 messages, and of count-by. */
  readonly thousands: readonly [one: number, ten: number, fifty: number, keyed: number];
}

const node = (file: string) => (): Reader => ({
  command: [process.execPath, fileURLToPath(new URL(file, import.meta.url))],
  madeWith: null,
});

/** The side that all others are compared with, run by run. */
export const MEASURE = 'bare';
/** The side whose bytes a second are the most that can be had. */
export const FLOOR = 'c';

export const sides: readonly Side[] = [
  {
    name: 'weir',
    label: 'Weir, tap',
    counts: 'messages',
    reader: node('counting-weir.ts'),
    thousands: [8_000, 24_000, 12_000, 12_000],
  },
  {
    name: 'weir-off',
    label: 'Weir, tap off',
    counts: 'messages',
    reader: node('counting-weir.ts'),
    environment: { WEIR_TAP: 'off' },
    thousands: [400, 2_000, 1_500, 1_000],
  },
  {
    name: MEASURE,
    label: 'bare `ws` + `JSON.parse`',
    counts: 'messages',
    reader: node('counting-bare.ts'),
    thousands: [500, 1_500, 700, 1_000],
  },
  {
    name: 'frames',
    label: '`ws`, frames only',
    counts: 'frames',
    reader: node('counting-frames.ts'),
    thousands: [1_500, 8_000, 6_000, 0],
  },
  {
    name: 'net',
    label: 'Node `net`, drain',
    counts: 'bytes',
    reader: node('counting-net.ts'),
    thousands: [6_000, 15_000, 7_000, 0],
  },
  {
    name: 'go',
    label: 'Go, gorilla/websocket + encoding/json',
    counts: 'messages',
    reader: goReader,
    thousands: [250, 400, 250, 400],
  },
  {
    name: 'rust',
    label: 'Rust, tungstenite + serde_json',
    counts: 'messages',
    reader: rustReader,
    thousands: [1_500, 3_000, 2_000, 2_500],
  },
  {
    name: 'python-websockets',
    label: 'Python, websockets + json',
    counts: 'messages',
    reader: () => pythonReader('with_websockets.py', 'websockets'),
    thousands: [120, 500, 350, 500],
  },
  {
    name: 'python-websocket-client',
    label: 'Python, websocket-client + json',
    counts: 'messages',
    reader: () => pythonReader('with_websocket_client.py', 'websocket'),
    thousands: [80, 450, 350, 450],
  },
  {
    name: FLOOR,
    label: 'C, drain',
    counts: 'bytes',
    reader: cReader,
    thousands: [20_000, 35_000, 16_000, 0],
  },
];
