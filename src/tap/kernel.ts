/**
 * The scanner of this thread: WebAssembly from `wasm/`, or its twin in JavaScript, over one memory.
 *
 * All taps of a thread share it. They can, because a chunk is read, scanned and taken in one turn, and nothing in
 * between waits.
 */
import { readFileSync } from 'node:fs';
import { HEAP_AT, HEAP_END, READ_AT, READ_BYTES } from '../../wasm/layout.ts';
import { Heap } from './heap.ts';
import { createTwin } from './twin.ts';

/** What the scanner can do; addresses are in bytes from the start of its memory. */
export interface Scanner {
  readonly memory: { readonly buffer: ArrayBuffer };
  /** Takes frames from `from` on; returns where it stopped. What it has to say is at RESULT_AT. */
  scan(link: number, from: number, to: number): number;
  /** Remembers the slot of a key as it stands in a frame; false when the table is full. */
  learn(table: number, at: number, length: number, slot: number): boolean | number;
  /** One more message of a series. */
  add(table: number, slot: number, value: number): void;
  hashOf(at: number, length: number): number;
}

export interface Kernel {
  readonly scanner: Scanner;
  readonly heap: Heap;
  readonly bytes: Buffer;
  readonly words: Int32Array;
  readonly doubles: Float64Array;
  /** Where chunks are read into. */
  readonly input: Uint8Array;
}

const MODULE = new URL('../../wasm/dist/scanner.wasm', import.meta.url);

const kernels = new Map<string, Kernel>();

/**
 * The kernel of this thread; null where the environment says `WEIR_TAP=off`. `WEIR_TAP=js` asks for the twin, which
 * also stands in where there is no WebAssembly with vectors.
 */
export function tapKernel(): Kernel | null {
  const wanted = process.env['WEIR_TAP'] ?? '';
  if (wanted === 'off') return null;
  const name = wanted === 'js' ? 'js' : 'wasm';
  const kernel = kernels.get(name) ?? createKernel(scannerOf(name));
  kernels.set(name, kernel);
  return kernel;
}

function scannerOf(name: 'js' | 'wasm'): Scanner {
  return (name === 'wasm' ? instantiate() : null) ?? createTwin();
}

/** Why the twin stands in for the scanner in `file`, for operators; null where it does not, or was asked for. */
export function scannerTrouble(file: URL = MODULE): string | null {
  if ((process.env['WEIR_TAP'] ?? '') !== '') return null;
  const slower = 'what is counted is the same without it, several times more slowly';
  try {
    new WebAssembly.Module(readFileSync(file));
    return null;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === undefined
      ? `wasm/dist/scanner.wasm is damaged, or this machine lacks WebAssembly with vectors; ${slower}`
      : `wasm/dist/scanner.wasm cannot be read (${code}); "npm run build" makes it; ${slower}`;
  }
}

/** The kernel over a scanner. */
export function createKernel(scanner: Scanner): Kernel {
  const { buffer } = scanner.memory;
  return {
    scanner,
    heap: new Heap(new Uint8Array(buffer), HEAP_AT, HEAP_END),
    bytes: Buffer.from(buffer),
    words: new Int32Array(buffer),
    doubles: new Float64Array(buffer),
    input: new Uint8Array(buffer, READ_AT, READ_BYTES),
  };
}

/** The compiled scanner; null where this machine, or this installation, has none. */
export function instantiate(): Scanner | null {
  try {
    const module = new WebAssembly.Module(readFileSync(MODULE));
    return new WebAssembly.Instance(module, {}).exports as unknown as Scanner;
  } catch {
    // What follows: the twin, which says the same, only slower.
    return null;
  }
}
