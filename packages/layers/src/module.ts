// SPDX-License-Identifier: Apache-2.0
import {
  add,
  Parameter,
  type ParameterOptions,
  type RandomStreamState,
  RuntimeError,
  type Shape,
  scalar,
  stopRecording,
  type Tensor,
  tidy,
  ValueError,
} from '@tapeloop/core';
import { type Callee, callPath, enterCall, joinPath } from './call-context.ts';
import { snakeCase } from './case.ts';
import type { Initializer } from './initializer.ts';
import { forkDefaultStream, type RandomSource } from './random-source.ts';
import type { Regularizer } from './regularizer.ts';
import { type LoadOptions, type LoadReport, loadParameters } from './state-dict.ts';

/** Options of every module. */
export interface ModuleOptions {
  /** Default: the class's name in snake case, such as `dense`. */
  readonly name?: string;
}

/** The shape of what a module is called with; `null` for a size that does not matter, as the batch. */
export type InputShape = readonly (number | null)[];

/** Options of a parameter that a module adds. */
export interface ModuleParameterOptions extends ParameterOptions {
  /** A penalty on it in `regularizationLoss`. */
  readonly regularizer?: Regularizer | undefined;
}

/** A module's constructor arguments by name, as JSON can hold them. */
export type Config = Record<string, unknown>;

/**
 * Something with parameters: a layer, a cell, or a model made of them.
 *
 * Paths name parameters by where they are: a module's own by their name, a child's behind the name
 * that its parent gives it, joined by `/`, such as `rnn/cell0/kernel`. The module that is asked is
 * not part of the path. A parameter that is reached twice appears once, under its first path.
 */
export abstract class Module implements Callee {
  readonly #givenName: string | undefined;
  readonly #parameters: Map<string, Parameter> = new Map();
  readonly #regularizers: Map<Parameter, Regularizer> = new Map();
  #childNames: ReadonlyMap<Callee, string> = new Map();
  #isBuilt = false;

  constructor({ name }: ModuleOptions = {}) {
    this.#givenName = name;
  }

  /** The class's name in a saved config. Override it in classes that are registered. */
  get className(): string {
    return this.constructor.name;
  }

  /** The given name, else the class's in snake case: its path segment in `Sequential`. */
  get name(): string {
    return this.#givenName ?? snakeCase(this.className);
  }

  /** False while parameters of its own are still to be made. */
  get isBuilt(): boolean {
    return this.#isBuilt || this.createParameters === undefined;
  }

  /**
   * The modules inside, in order, by path segment; an empty segment lets a child show through.
   * Default: every field that holds a module, under the field's name, and every field that holds an
   * array of them, under the field's name and index. Private `#fields` are not seen: override this.
   */
  children(): ReadonlyMap<string, Module> {
    const found = new Map<string, Module>();
    for (const [field, value] of Object.entries(this)) {
      if (value instanceof Module) found.set(field, value);
      else if (Array.isArray(value)) {
        value.forEach((entry, i) => {
          if (entry instanceof Module) found.set(`${field}${i}`, entry);
        });
      }
    }
    return found;
  }

  childName(child: Callee): string | undefined {
    const known = this.#childNames.get(child);
    if (known !== undefined) return known;
    this.#childNames = new Map([...this.children()].map(([name, each]) => [each, name]));
    return this.#childNames.get(child);
  }

  /** The parameters of this module itself, without its children's, by name. */
  ownParameters(): ReadonlyMap<string, Parameter> {
    return this.#parameters;
  }

  /** One of its own parameters. @throws RuntimeError when there is none of that name (yet). */
  parameter(name: string): Parameter {
    const found = this.#parameters.get(name);
    if (found !== undefined) return found;
    const known = [...this.#parameters.keys()].join(', ') || 'none';
    throw new RuntimeError(
      `${this.className}: no parameter ${name}; it has ${known}. Parameters are made at the first ` +
        'call or by build(inputShape).',
    );
  }

  /** All parameters, its own and its children's, in order. @throws RuntimeError before it is built. */
  parameters(): Parameter[] {
    return this.namedParameters().map(([, parameter]) => parameter);
  }

  /** All parameters with their paths, in order. @throws RuntimeError before it is built. */
  namedParameters(): [path: string, parameter: Parameter][] {
    const found = new Map<Parameter, string>();
    for (const [path, module] of this.modules()) {
      if (!module.isBuilt) {
        throw new RuntimeError(
          `${this.className}: ${path || module.name} has no parameters yet. Call the module once, ` +
            'or build(inputShape), before asking for them.',
        );
      }
      for (const [name, parameter] of module.ownParameters()) {
        if (!found.has(parameter)) found.set(parameter, joinPath(path, name));
      }
    }
    return [...found].map(([parameter, path]) => [path, parameter]);
  }

  /** This module (path `''`) and all inside it with their paths, parents first. */
  modules(): [path: string, module: Module][] {
    const found = new Map<Module, string>();
    const visit = (path: string, module: Module): void => {
      if (found.has(module)) return;
      found.set(module, path);
      for (const [name, child] of module.children()) visit(joinPath(path, name), child);
    };
    visit('', this);
    return [...found].map(([module, path]) => [path, module]);
  }

  /**
   * The penalties on its trainable parameters, its own and its children's, added up: a scalar, 0 when
   * there are none. No loss has it in unless you add it: `add(loss, model.regularizationLoss())`.
   */
  regularizationLoss(): Tensor {
    return tidy(() => {
      const penalties = new Map(this.modules().flatMap(([, module]) => [...module.#regularizers]));
      const terms = [...penalties].filter(([parameter]) => parameter.trainable);
      return terms.reduce((loss, [{ value }, penalty]) => add(loss, penalty(value)), scalar(0));
    });
  }

  /** A copy of every parameter's value by path; the caller disposes them. */
  stateDict(): Map<string, Tensor> {
    return new Map(
      this.namedParameters().map(([path, { value }]) => [path, value.copy('stateDict')]),
    );
  }

  /**
   * Overwrites the parameters from a map as `stateDict` makes it. All or nothing: when it throws, no
   * parameter has changed.
   *
   * @throws ValueError naming every key that is missing, unexpected (both unless `strict` is
   *   `false`), or has another shape or dtype.
   */
  loadStateDict(values: ReadonlyMap<string, Tensor>, options: LoadOptions = {}): LoadReport {
    return loadParameters(this.className, this.namedParameters(), values, options);
  }

  /** The module's own random sources by name. */
  randomSources(): ReadonlyMap<string, RandomSource> {
    return new Map();
  }

  /** Where every random stream that was used stands, by path: with it a run can be resumed. */
  randomState(): Map<string, RandomStreamState> {
    const states = new Map<string, RandomStreamState>();
    for (const [path, source] of this.#allSources()) {
      const state = source.state();
      if (state !== undefined) states.set(path, state);
    }
    return states;
  }

  /**
   * Puts every random stream where `randomState` found it. Streams that it does not name stay.
   *
   * @throws ValueError when it names a stream that the module does not have; nothing has moved then.
   */
  loadRandomState(states: ReadonlyMap<string, RandomStreamState>): void {
    const sources = this.#allSources();
    const unknown = [...states.keys()].filter((path) => !sources.has(path));
    if (unknown.length > 0) {
      throw new ValueError(
        `${this.className}: loadRandomState: no random stream ${unknown.join(', ')}.`,
      );
    }
    for (const [path, state] of states) sources.get(path)?.restore(state);
  }

  /** Sends every random stream back to its start. */
  resetRandom(): void {
    for (const source of this.#allSources().values()) source.reset();
  }

  /** The constructor's arguments by name. Classes that can be rebuilt from JSON override it. */
  getConfig(): Config {
    return this.#givenName === undefined ? {} : { name: this.#givenName };
  }

  /** Makes the parameters for inputs of this shape, unless that has been done. */
  build(inputShape: InputShape): void {
    enterCall(this, undefined, () => this.buildOnce(inputShape));
  }

  /** Frees all parameters, its own and its children's. */
  dispose(): void {
    for (const [, module] of this.modules()) module.disposeOwn();
  }

  /** `dispose`, for `using`. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  /** Frees the module's own parameters, and whatever else it keeps. */
  protected disposeOwn(): void {
    for (const parameter of this.#parameters.values()) parameter.dispose();
  }

  /** `build` inside a running call. */
  protected buildOnce(inputShape: InputShape): void {
    if (this.#isBuilt) return;
    try {
      tidy(() => stopRecording(() => this.createParameters?.(inputShape)));
      this.#isBuilt = true;
    } finally {
      if (!this.#isBuilt) {
        for (const parameter of this.#parameters.values()) parameter.dispose();
        this.#parameters.clear();
        this.#regularizers.clear();
      }
    }
  }

  /** Makes the module's own parameters with `addParameter`. Absent in modules without any. */
  protected createParameters?(inputShape: InputShape): void;

  /** Adds a parameter of its own, initialised from a stream that its path gives. */
  protected addParameter(
    name: string,
    shape: Shape,
    initializer: Initializer,
    { regularizer, ...options }: ModuleParameterOptions = {},
  ): Parameter {
    const path = joinPath(callPath(), name);
    const parameter = tidy(
      () => new Parameter(path, initializer(shape, forkDefaultStream(path)), options),
    );
    this.#parameters.set(name, parameter);
    if (regularizer !== undefined) this.#regularizers.set(parameter, regularizer);
    return parameter;
  }

  #allSources(): Map<string, RandomSource> {
    const found = new Map<string, RandomSource>();
    for (const [path, module] of this.modules()) {
      for (const [name, source] of module.randomSources()) {
        let key = joinPath(path, name);
        while (found.has(key)) key += "'";
        found.set(key, source);
      }
    }
    return found;
  }
}
