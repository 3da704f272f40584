// SPDX-License-Identifier: Apache-2.0

/**
 * Moves of 4-byte elements, float32 or int32 alike. Inputs and outputs must not overlap; pitches and
 * strides count elements.
 */
export interface CopyKernels {
  /** Writes `n` elements of 32 `bits`: an int32 value, or the bits of a float32. */
  fill(out: number, n: number, bits: number): void;
  /**
   * Copies `rows` rows of `width` elements, from one pitch (elements from a row to the next) to
   * another: slices, concatenations, paddings; an `xPitch` of 0 repeats a row.
   */
  copyRows(
    x: number,
    out: number,
    rows: number,
    width: number,
    xPitch: number,
    outPitch: number,
  ): void;
  /** `out[batch, columns, rows] = x[batch, rows, columns]`. */
  transpose(x: number, out: number, batch: number, rows: number, columns: number): void;
  /**
   * Makes a contiguous `out[d0, …, d5]` of elements of `x` that lie `s0`, …, `s5` elements apart.
   * A stride may be 0 (a broadcast axis) or negative (a reversed one; `x` is then the address of the
   * element at index 0). Axes that are not needed come first, with dimension 1.
   */
  permutedCopy(
    x: number,
    out: number,
    d0: number,
    d1: number,
    d2: number,
    d3: number,
    d4: number,
    d5: number,
    s0: number,
    s1: number,
    s2: number,
    s3: number,
    s4: number,
    s5: number,
  ): void;
}

/** The kernels of `CopyKernels` as plain loops, with equal bits. */
export function createCopyReference(memory: WebAssembly.Memory): CopyKernels {
  return {
    fill(out, n, bits) {
      const view = new DataView(memory.buffer);
      for (let i = 0; i < n; i++) view.setInt32(out + 4 * i, bits, true);
    },
    copyRows(x, out, rows, width, xPitch, outPitch) {
      const view = new DataView(memory.buffer);
      for (let row = 0; row < rows; row++) {
        for (let i = 0; i < width; i++) {
          move(view, x + 4 * (row * xPitch + i), out + 4 * (row * outPitch + i));
        }
      }
    },
    transpose(x, out, batch, rows, columns) {
      const view = new DataView(memory.buffer);
      for (let matrix = 0; matrix < batch; matrix++) {
        const start = matrix * rows * columns;
        for (let i = 0; i < rows; i++) {
          for (let j = 0; j < columns; j++) {
            move(view, x + 4 * (start + i * columns + j), out + 4 * (start + j * rows + i));
          }
        }
      }
    },
    permutedCopy(x, out, d0, d1, d2, d3, d4, d5, s0, s1, s2, s3, s4, s5) {
      const shape = [d0, d1, d2, d3, d4, d5];
      const strides = [s0, s1, s2, s3, s4, s5];
      const view = new DataView(memory.buffer);
      const size = shape.reduce((product, dimension) => product * dimension, 1);
      for (let i = 0; i < size; i++) {
        let [rest, offset] = [i, 0];
        for (let axis = 5; axis >= 0; axis--) {
          const dimension = shape[axis] ?? 1;
          offset += (rest % dimension) * (strides[axis] ?? 0);
          rest = Math.floor(rest / dimension);
        }
        move(view, x + 4 * offset, out + 4 * i);
      }
    },
  };
}

function move(view: DataView, from: number, to: number): void {
  view.setInt32(to, view.getInt32(from, true), true);
}
