// SPDX-License-Identifier: Apache-2.0
// Comparisons into bytes of 0 and 1, and the choice between two tensors by such bytes.

export function equal(
  a: usize, b: usize, out: usize, outer: i32, middle: i32, inner: i32,
  aOuter: i32, aMiddle: i32, aInner: i32, bOuter: i32, bMiddle: i32, bInner: i32,
): void {
  compare<Equal>(a, b, out, outer, middle, inner, aOuter, aMiddle, aInner, bOuter, bMiddle, bInner)
}

export function notEqual(
  a: usize, b: usize, out: usize, outer: i32, middle: i32, inner: i32,
  aOuter: i32, aMiddle: i32, aInner: i32, bOuter: i32, bMiddle: i32, bInner: i32,
): void {
  compare<NotEqual>(a, b, out, outer, middle, inner, aOuter, aMiddle, aInner, bOuter, bMiddle, bInner)
}

export function less(
  a: usize, b: usize, out: usize, outer: i32, middle: i32, inner: i32,
  aOuter: i32, aMiddle: i32, aInner: i32, bOuter: i32, bMiddle: i32, bInner: i32,
): void {
  compare<Less>(a, b, out, outer, middle, inner, aOuter, aMiddle, aInner, bOuter, bMiddle, bInner)
}

export function lessEqual(
  a: usize, b: usize, out: usize, outer: i32, middle: i32, inner: i32,
  aOuter: i32, aMiddle: i32, aInner: i32, bOuter: i32, bMiddle: i32, bInner: i32,
): void {
  compare<LessEqual>(a, b, out, outer, middle, inner, aOuter, aMiddle, aInner, bOuter, bMiddle, bInner)
}

export function greater(
  a: usize, b: usize, out: usize, outer: i32, middle: i32, inner: i32,
  aOuter: i32, aMiddle: i32, aInner: i32, bOuter: i32, bMiddle: i32, bInner: i32,
): void {
  compare<Less>(b, a, out, outer, middle, inner, bOuter, bMiddle, bInner, aOuter, aMiddle, aInner)
}

export function greaterEqual(
  a: usize, b: usize, out: usize, outer: i32, middle: i32, inner: i32,
  aOuter: i32, aMiddle: i32, aInner: i32, bOuter: i32, bMiddle: i32, bInner: i32,
): void {
  compare<LessEqual>(b, a, out, outer, middle, inner, bOuter, bMiddle, bInner, aOuter, aMiddle, aInner)
}

/** `out[i] = condition[i] ? a[i] : b[i]`, where a stride of 0 repeats one element. */
export function select(condition: usize, a: usize, b: usize, out: usize, n: i32, aStride: i32, bStride: i32): void {
  const aStep = <usize>aStride << 4
  const bStep = <usize>bStride << 4
  const end = out + (<usize>n << 2)
  while (end - out >= 16) {
    const left = aStride ? v128.load(a) : v128.load32_splat(a)
    const right = bStride ? v128.load(b) : v128.load32_splat(b)
    const bytes = v128.load32_zero(condition)
    const mask = i32x4.ne(i32x4.extend_low_i16x8_u(i16x8.extend_low_i8x16_u(bytes)), i32x4.splat(0))
    v128.store(out, v128.bitselect(left, right, mask))
    condition += 4
    a += aStep
    b += bStep
    out += 16
  }
  for (; out < end; out += 4, condition++) {
    store<u32>(out, load<u8>(condition) ? load<u32>(a) : load<u32>(b))
    a += <usize>aStride << 2
    b += <usize>bStride << 2
  }
}

// @ts-ignore: decorator
@inline
function compare<Op>(
  a: usize, b: usize, out: usize, outer: i32, middle: i32, inner: i32,
  aOuter: i32, aMiddle: i32, aInner: i32, bOuter: i32, bMiddle: i32, bInner: i32,
): void {
  for (let i = 0; i < outer; i++) {
    let rowA = a
    let rowB = b
    for (let j = 0; j < middle; j++) {
      compareRow<Op>(rowA, rowB, out, inner, aInner, bInner)
      rowA += <usize>aMiddle << 2
      rowB += <usize>bMiddle << 2
      out += inner
    }
    a += <usize>aOuter << 2
    b += <usize>bOuter << 2
  }
}

function compareRow<Op>(a: usize, b: usize, out: usize, n: i32, aStride: i32, bStride: i32): void {
  const op = changetype<Op>(0)
  const ones = i8x16.splat(1)
  const aStep = <usize>aStride << 6
  const bStep = <usize>bStride << 6
  const end = out + n
  while (end - out >= 16) {
    const first = op.of(operand(a, 0, aStride), operand(b, 0, bStride))
    const second = op.of(operand(a, 16, aStride), operand(b, 16, bStride))
    const third = op.of(operand(a, 32, aStride), operand(b, 32, bStride))
    const fourth = op.of(operand(a, 48, aStride), operand(b, 48, bStride))
    const low = i16x8.narrow_i32x4_s(first, second)
    const high = i16x8.narrow_i32x4_s(third, fourth)
    v128.store(out, v128.and(i8x16.narrow_i16x8_s(low, high), ones))
    a += aStep
    b += bStep
    out += 16
  }
  for (; out < end; out++) {
    const holds = op.of(v128.load32_splat(a), v128.load32_splat(b))
    store<u8>(out, <u8>(i32x4.extract_lane(holds, 0) & 1))
    a += <usize>aStride << 2
    b += <usize>bStride << 2
  }
}

// @ts-ignore: decorator
@inline
function operand(pointer: usize, offset: usize, stride: i32): v128 {
  return stride ? v128.load(pointer + offset) : v128.load32_splat(pointer)
}

// @ts-ignore: decorator
@unmanaged
class Equal {
  // @ts-ignore: decorator
  @inline
  of(a: v128, b: v128): v128 { return f32x4.eq(a, b) }
}

// @ts-ignore: decorator
@unmanaged
class NotEqual {
  // @ts-ignore: decorator
  @inline
  of(a: v128, b: v128): v128 { return f32x4.ne(a, b) }
}

// @ts-ignore: decorator
@unmanaged
class Less {
  // @ts-ignore: decorator
  @inline
  of(a: v128, b: v128): v128 { return f32x4.lt(a, b) }
}

// @ts-ignore: decorator
@unmanaged
class LessEqual {
  // @ts-ignore: decorator
  @inline
  of(a: v128, b: v128): v128 { return f32x4.le(a, b) }
}
