/** GET /api/v1/channels/{name}/badge.svg: title and rate of a channel, or that it is down, as a small picture. */
import { type Request, type Response, Router } from 'express';
import { z } from 'zod';
import { readLink } from '../shared/link-words.ts';
import { findChannel, RATE_SECONDS } from './channels-route.ts';
import { isAhead, recentRate } from './live.ts';
import { produces } from './negotiation.ts';
import { parameters } from './parameters.ts';
import type { RestChannel, RestSources } from './sources.ts';

export const badgeQuery = z.strictObject({
  label: z
    .string()
    .max(60)
    .optional()
    .meta({ description: "Left side; the channel's title if not given." }),
});

const HEIGHT = 20;
const PADDING = 7;
/** Widths of letters in the font's 11 px; close enough for a picture, and the text is fitted to it. */
const NARROW = /[ .,:;'|!ijlI1()[\]]/;
const COLORS = { up: '#17694b', connecting: '#5a6472', down: '#b3261e' } as const;

export function badgeRoutes(sources: RestSources): Router {
  const router = Router();
  router.get(
    '/channels/:name/badge.svg',
    produces('image/svg+xml'),
    (request: Request, response: Response) => {
      const { label } = parameters(request, badgeQuery);
      const channel = findChannel(sources, String(request.params['name']));
      // Pictures on pages of other sites.
      response.set('Cross-Origin-Resource-Policy', 'cross-origin');
      response.set('Cache-Control', 'no-cache').type('image/svg+xml');
      response.send(badge(label ?? channel.descriptor.title, channel, sources.clock.now()));
    },
  );
  return router;
}

function badge(label: string, { ring }: RestChannel, now: number): string {
  const { state } = readLink(ring.views);
  const rate = recentRate(ring, RATE_SECONDS, now);
  const unknown = isAhead(ring, now) ? 'rate unknown' : 'no data yet';
  const value = state === 'down' ? 'down' : rate === null ? unknown : `${shown(rate)}/s`;
  const [left, right] = [textWidth(label), textWidth(value)].map(
    (width) => width + 2 * PADDING,
  ) as [number, number];
  const width = left + right;
  const words = escapeXml(label);
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT}" role="img" aria-label="${words}: ${value}"><title>${words}: ${value}</title><clipPath id="r"><rect width="${width}" height="${HEIGHT}" rx="4"/></clipPath><g clip-path="url(#r)"><rect width="${left}" height="${HEIGHT}" fill="#2d3743"/><rect x="${left}" width="${right}" height="${HEIGHT}" fill="${COLORS[state]}"/></g><g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" text-anchor="middle">${text(words, left / 2, left)}${text(value, left + right / 2, right)}</g></svg>`;
}

function text(words: string, x: number, box: number): string {
  return `<text x="${x}" y="14" textLength="${box - 2 * PADDING}" lengthAdjust="spacingAndGlyphs">${words}</text>`;
}

function shown(rate: number): string {
  return rate < 100 ? String(Math.round(rate * 10) / 10) : String(Math.round(rate));
}

function textWidth(words: string): number {
  return Math.round([...words].reduce((sum, sign) => sum + (NARROW.test(sign) ? 4.2 : 7), 0));
}

function escapeXml(words: string): string {
  return words.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}
