/*
 * WebSocket by the book: the cases of the Autobahn test suite, re-enacted frame by frame against Weir's feeds and Weir's
 * RTM server.
 *
 *   npm run conformance     also prints the table of cases
 */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { connect, serve } from '../rtm/support.ts';
import type { Case } from './case.ts';
import { CASES } from './cases.ts';
import { EXCLUSIONS, onSide, type Side } from './exclusions.ts';
import { runOnFeed } from './feed-side.ts';
import { FAILED_MAX } from './outcome.ts';
import { runOnRtm } from './rtm-side.ts';

const PRINTS = process.env['WEIR_TABLE'] === '1';

/** Collects what was wrong, and prints the table if it is wanted. */
function ledger(t: TestContext, side: Side) {
  const wrong: string[] = [];
  let [excluded, failed] = [0, 0];
  return {
    done(one: Case, faults: readonly string[]): boolean {
      const { reason } = onSide(one, side);
      if (reason !== '') excluded += 1;
      const result = faults.length > 0 ? 'FAILED' : reason === '' ? 'ok' : 'excluded';
      wrong.push(...faults.map((fault) => `${one.id} ${one.what}: ${fault}`));
      if (faults.length > 0) failed += 1;
      if (!PRINTS) return failed < FAILED_MAX;
      const ends = one.ends === 'open' ? 'arrives' : `closes ${one.ends.join(' or ')}`;
      t.diagnostic(`${side} ${one.id.padEnd(8)} ${result.padEnd(9)} ${one.what}: ${ends}`);
      return failed < FAILED_MAX;
    },
    end(): void {
      for (const { side: where, reason } of EXCLUSIONS) {
        if (where === side && PRINTS) t.diagnostic(`excluded: ${reason}`);
      }
      t.diagnostic(`${side}: ${CASES.length} cases, ${excluded} excluded, ${wrong.length} faults`);
      assert.deepEqual(wrong, []);
    },
  };
}

test('every case has its own number', () => {
  assert.equal(new Set(CASES.map(({ id }) => id)).size, CASES.length);
});

test('a feed takes what is right, and fails the connection for what is not', async (t) => {
  const { done, end } = ledger(t, 'feed');
  await runOnFeed(
    CASES.map((one) => onSide(one, 'feed').wanted),
    done,
  );
  end();
});

test('the RTM server takes what is right, and fails the connection for what is not', async (t) => {
  const server = await serve(t, { pduBytesMax: 16_777_216 });
  const witness = await connect(t, server);
  const { done, end } = ledger(t, 'rtm');
  await runOnRtm(
    CASES.map((one) => onSide(one, 'rtm').wanted),
    server,
    witness,
    done,
  );
  end();
});
