// SPDX-License-Identifier: Apache-2.0
import { argumentMessage, ValueError } from '@tapeloop/core';
import { defaultStateFilter, type StateFilterVisitor } from './state-filter.ts';

const registered = new Map<string, StateFilterVisitor>();

/**
 * Gives a visitor a name, under which a config of `DropoutWrapper` keeps it.
 *
 * @throws ValueError when the name is taken.
 */
export function registerStateFilter(name: string, visitor: StateFilterVisitor): void {
  if (registered.has(name)) {
    const expected = 'a name that no visitor is registered under';
    throw new ValueError(
      argumentMessage({ op: 'registerStateFilter', argument: 'name', expected, received: name }),
    );
  }
  registered.set(name, visitor);
}

/** How a config keeps a visitor: nothing for the default. @throws ValueError for one without a name. */
export function stateFilterConfig(visitor: StateFilterVisitor): Readonly<Record<string, string>> {
  if (visitor === defaultStateFilter) return {};
  const found = [...registered].find(([, each]) => each === visitor);
  if (found !== undefined) return { dropoutFn: found[0], dropoutFnType: 'function' };
  throw new ValueError(
    'DropoutWrapper: getConfig: a config cannot hold a visitor without a name. Give it one with ' +
      'registerStateFilter().',
  );
}

/**
 * The visitor that a config names, in `customObjects` or else registered.
 *
 * @throws TypeError or ValueError when it names none.
 */
export function stateFilterOf(
  op: string,
  name: string,
  type: unknown,
  customObjects: Readonly<Record<string, StateFilterVisitor>> = {},
): StateFilterVisitor {
  if (type !== 'function') {
    const expected = "'function'";
    throw new TypeError(
      argumentMessage({ op, argument: 'dropoutFnType', expected, received: type }),
    );
  }
  const custom = Object.hasOwn(customObjects, name) ? customObjects[name] : undefined;
  const visitor = custom ?? registered.get(name);
  if (visitor !== undefined) return visitor;
  const expected = `one of ${[...registered.keys()].join(', ') || 'none'}`;
  const hint = 'Give it its name with registerStateFilter() first.';
  throw new ValueError(
    argumentMessage({ op, argument: 'dropoutFn', expected, received: name, hint }),
  );
}
