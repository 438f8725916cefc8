/** The bars as a picture to keep: drawn once more by the built-in renderer, with its colours written into it. */
import type { ChartModel } from './chart-model.ts';
import { Overlay } from './overlay.ts';
import { SvgRenderer } from './svg-renderer.ts';

const WIDTH = 900;
const HEIGHT = 300;
/** Pixels of the PNG for one of the picture. */
const SHARPNESS = 2;
const PROPERTIES = [
  'fill',
  'fill-opacity',
  'stroke',
  'stroke-width',
  'stroke-dasharray',
  'stroke-opacity',
  'font-size',
  'font-family',
];

export async function downloadPicture(
  model: ChartModel,
  name: string,
  kind: 'png' | 'svg',
): Promise<void> {
  const svg = drawing(model);
  const text = new Blob([svg], { type: 'image/svg+xml' });
  save(kind === 'svg' ? text : await raster(svg), `${name}.${kind}`);
}

/** An SVG document that needs no style sheet. */
function drawing(model: ChartModel): string {
  const box = document.createElement('div');
  box.className = 'picture-box';
  box.style.width = `${WIDTH}px`;
  box.style.height = `${HEIGHT}px`;
  document.body.append(box);
  const layer = document.createElement('div');
  layer.className = 'layer';
  box.append(layer);
  const renderer = new SvgRenderer();
  const overlay = new Overlay();
  renderer.mount(layer);
  overlay.mount(box);
  renderer.update(model);
  overlay.update(model, [], false);
  const svg = layer.querySelector('svg')!;
  svg.append(...box.querySelector('.overlay')!.childNodes);
  for (const element of svg.querySelectorAll<SVGElement>('rect, line, text, circle')) {
    const style = getComputedStyle(element);
    for (const property of PROPERTIES)
      element.style.setProperty(property, style.getPropertyValue(property));
  }
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  svg.style.background = getComputedStyle(document.documentElement).getPropertyValue('--card');
  const text = new XMLSerializer().serializeToString(svg);
  box.remove();
  return text;
}

async function raster(svg: string): Promise<Blob> {
  const image = new Image();
  image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = WIDTH * SHARPNESS;
  canvas.height = HEIGHT * SHARPNESS;
  canvas.getContext('2d')!.drawImage(image, 0, 0, canvas.width, canvas.height);
  return await new Promise((resolve) => canvas.toBlob((blob) => resolve(blob!), 'image/png'));
}

function save(blob: Blob, name: string): void {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
