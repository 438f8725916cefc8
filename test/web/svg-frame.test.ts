// Where the built-in bars stand, in pixels.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chartModel } from '../../web/src/chart-model.ts';
import { MARGIN, MISSING_HEIGHT_PX } from '../../web/src/plot-box.ts';
import { barBox, frameOf } from '../../web/src/svg-frame.ts';
import { bucketView } from './views.ts';

const WIDTH = 500;
const HEIGHT = 200;

function boxesOf(views: Parameters<typeof chartModel>[0], measure: 'count' | 'sum' = 'count') {
  const model = chartModel(views, measure);
  const frame = frameOf(WIDTH, HEIGHT, model);
  return { frame, boxes: model.bars.map((bar) => barBox(bar, frame)) };
}

test('heights go with values; zero is a tick, missing is higher than zero and has no number', () => {
  const { boxes, frame } = boxesOf([bucketView(0, 100), bucketView(1, 50), bucketView(2, 0)]);
  const [full, half, zero] = boxes;
  assert.equal(full!.height, frame.y(0) - frame.y(100));
  assert.equal(half!.height * 2, full!.height);
  assert.ok(zero!.height > 0 && zero!.height < MISSING_HEIGHT_PX);
  assert.equal(boxesOf([bucketView(0, null)]).boxes[0]!.height, MISSING_HEIGHT_PX);
});

test('every bar stands on the baseline, in its own slot, inside the margins', () => {
  const views = [3, null, 0, 7].map((count, index) => bucketView(index, count));
  const { boxes, frame } = boxesOf(views);
  const slot = (WIDTH - MARGIN.left - MARGIN.right) / 4;
  boxes.forEach(({ x, y, width, height }, index) => {
    assert.equal(y + height, frame.y(0));
    const left = MARGIN.left + index * slot;
    assert.ok(x >= left && x + width <= left + slot);
  });
});

test('a negative sum hangs below the baseline', () => {
  const views = [bucketView(0, 1, { sum: 10 }), bucketView(1, 1, { sum: -5 })];
  const { boxes, frame } = boxesOf(views, 'sum');
  assert.equal(boxes[1]!.y, frame.y(0));
  assert.equal(boxes[1]!.height, frame.y(-5) - frame.y(0));
});

test('a thousand bars in a narrow box are still a pixel each', () => {
  const views = Array.from({ length: 1_000 }, (_, index) => bucketView(index, index));
  for (const { width } of boxesOf(views).boxes) assert.equal(width, 1);
});
