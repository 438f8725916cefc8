/** The console of a running Weir: events as lines for people, or as JSON for machines. */
import pino from 'pino';
import { prettyFactory } from 'pino-pretty';
import type { EventKind, WeirEvent } from '../model/channel.ts';
import type { Output } from './command.ts';

/** What an operator must act on is a warning; what is broken inside is an error; the rest is news. */
const LEVELS: Readonly<Record<EventKind, 'info' | 'warn' | 'error'>> = {
  start: 'info',
  stop: 'info',
  connect: 'info',
  disconnect: 'warn',
  loss: 'warn',
  reload: 'info',
  'config-refused': 'error',
  degraded: 'error',
  'processor-error': 'warn',
  'feed-error': 'warn',
  'keys-full': 'warn',
  undated: 'warn',
  'positions-full': 'warn',
  'path-unmatched': 'warn',
  'prune-wait': 'warn',
  pause: 'warn',
  'ring-full': 'warn',
  'thread-restart': 'error',
  'clock-step': 'warn',
  'store-error': 'error',
  'rest-error': 'error',
  'rtm-error': 'warn',
};

export function eventLog(format: 'text' | 'json', out: Output): (event: WeirEvent) => void {
  const lineOf =
    format === 'json'
      ? (line: string) => line
      : prettyFactory({
          colorize: process.stdout.isTTY,
          ignore: 'pid,hostname',
          translateTime: 'HH:MM:ss',
        });
  const logger = pino({ base: null }, { write: (line) => out.print(lineOf(line)) });
  return ({ channel, kind, detail }) => {
    const text = format === 'json' ? detail : sentence(channel, kind, detail);
    logger[LEVELS[kind]](format === 'json' ? { channel, kind } : {}, text);
  };
}

function sentence(channel: string | null, kind: EventKind, detail: string): string {
  const subject = channel === null ? kind : `${channel}: ${kind}`;
  return detail === '' ? subject : `${subject}: ${detail}`;
}
