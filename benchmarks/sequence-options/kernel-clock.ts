// SPDX-License-Identifier: Apache-2.0

/** Counts the time inside our kernels. */
export interface KernelClock {
  /** Spent in kernels so far. */
  milliseconds(): number;
}

type Instantiate = (
  module: WebAssembly.Module,
  imports?: WebAssembly.Imports,
) => Promise<WebAssembly.Instance>;

/** Makes every kernel that is loaded from here on tell how long it runs. Call it before `init()`. */
export function clockKernels(): KernelClock {
  let spent = 0;
  const instantiate: Instantiate = WebAssembly.instantiate;
  const timed: Instantiate = async (module, imports) => {
    const instance = await instantiate(module, imports);
    if (!(module instanceof WebAssembly.Module) || !('configure' in instance.exports)) {
      return instance;
    }
    const exports: WebAssembly.Exports = {};
    for (const [name, value] of Object.entries(instance.exports)) {
      exports[name] = typeof value === 'function' ? clocked(value) : value;
    }
    return { exports };
  };
  Object.assign(WebAssembly, { instantiate: timed });
  return { milliseconds: () => spent };

  function clocked(kernel: CallableFunction): (...args: number[]) => unknown {
    return (...args) => {
      const start = performance.now();
      const result: unknown = Reflect.apply(kernel, undefined, args);
      spent += performance.now() - start;
      return result;
    };
  }
}
