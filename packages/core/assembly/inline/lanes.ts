// SPDX-License-Identifier: Apache-2.0
// An equation that is written once, over a class that loads and stores: inlined with `Four` it is the body of a loop over
// vectors, with `One` that of a loop over the elements behind them. The classes have no fields, so that their instances
// are no memory but the number 0.

import { loadOne, storeOne } from './one'

/** Four floats at a time. */
// @ts-ignore: decorator
@unmanaged
export class Four {
  // @ts-ignore: decorator
  @inline
  load(pointer: usize): v128 { return v128.load(pointer) }

  // @ts-ignore: decorator
  @inline
  store(pointer: usize, value: v128): void { v128.store(pointer, value) }
}

/** One float at a time, in the first lane. */
// @ts-ignore: decorator
@unmanaged
export class One {
  // @ts-ignore: decorator
  @inline
  load(pointer: usize): v128 { return loadOne(pointer) }

  // @ts-ignore: decorator
  @inline
  store(pointer: usize, value: v128): void { storeOne(pointer, value) }
}
