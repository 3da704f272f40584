// SPDX-License-Identifier: Apache-2.0
import { type ParseArgsConfig, parseArgs } from 'node:util';
import { reasonOf } from '../text/reason.ts';
import { UserError } from './user-error.ts';

/** One option of a command line. */
export interface Option<T> {
  readonly default: T;
  readonly help: string;
  /** How the value is shown in `--help`; `undefined` for a switch that takes none. */
  readonly placeholder: string | undefined;
  /** @throws UserError when `text` is no value of this option. */
  parse(name: string, text: string): T;
}

/** The values of a table of options. */
export type OptionValues<Table> = {
  readonly [Key in keyof Table]: Table[Key] extends Option<infer T> ? T : never;
};

/** What `parseOptions` found. */
export interface ParsedOptions<Table> {
  readonly values: OptionValues<Table>;
  /** The options that were written out, not left at their defaults. */
  readonly given: ReadonlySet<keyof Table>;
  /** True when `--help` was among them. */
  readonly help: boolean;
}

/** Options by the keys of their values. */
export type OptionTable = Readonly<Record<string, Option<string | number | boolean>>>;

/** The values an option of numbers may take. */
export interface NumberRange {
  readonly default: number;
  readonly help: string;
  readonly min?: number;
  readonly max?: number;
  /** `min` itself is not allowed. */
  readonly above?: boolean;
}

/** A whole number. */
export function integer(range: NumberRange): Option<number> {
  return numeric(range, 'N', 'a whole number', Number.isSafeInteger);
}

/** A finite number. */
export function real(range: NumberRange): Option<number> {
  return numeric(range, 'X', 'a number', Number.isFinite);
}

/** Any text. */
export function text(option: {
  readonly default: string;
  readonly help: string;
  readonly placeholder: string;
}): Option<string> {
  return { ...option, parse: (_, value) => value };
}

/** One of a few words. */
export function choice<const Choice extends string>(option: {
  readonly default: NoInfer<Choice>;
  readonly choices: readonly Choice[];
  readonly help: string;
}): Option<Choice> {
  const { choices, help } = option;
  const parse = (name: string, value: string): Choice => {
    const found = choices.find((each) => each === value);
    if (found !== undefined) return found;
    throw new UserError(`--${name} must be one of ${choices.join(', ')}, got '${value}'.`);
  };
  return {
    default: option.default,
    help: `${help}: ${choices.join(', ')}`,
    placeholder: 'NAME',
    parse,
  };
}

/** A switch: `--name` turns it on, `--no-name` off. */
export function flag(option: {
  readonly default: boolean;
  readonly help: string;
}): Option<boolean> {
  return { ...option, placeholder: undefined, parse: (_, value) => value === 'true' };
}

/**
 * Reads a command line. `learningRate` in the table is `--learning-rate` on the command line.
 *
 * @throws UserError when an option is unknown, lacks its value, or has one out of range.
 */
export function parseOptions<Table extends OptionTable>(
  table: Table,
  args: readonly string[],
): ParsedOptions<Table> {
  const written = readArguments(table, args);
  const values: Record<string, unknown> = {};
  const given = new Set<keyof Table>();
  for (const [key, option] of Object.entries(table)) {
    const name = optionName(key);
    const value = written[name];
    values[key] = value === undefined ? option.default : option.parse(name, String(value));
    if (value !== undefined) given.add(key);
  }
  // Each key holds what its own option's `parse` or `default` gave.
  return { values: values as OptionValues<Table>, given, help: written['help'] === true };
}

/**
 * Values of options as JSON kept them.
 *
 * @throws UserError when one is missing or wrong.
 */
export function optionsFromJson<Table extends OptionTable>(
  table: Table,
  json: unknown,
): OptionValues<Table> {
  const read = new Map(Object.entries(typeof json === 'object' && json !== null ? json : {}));
  const entries = Object.entries(table).map(([key, option]) => {
    const name = optionName(key);
    if (!read.has(key)) throw new UserError(`--${name} is missing`);
    return [key, option.parse(name, String(read.get(key)))];
  });
  // One entry for each option, of the type that its `parse` gives.
  return Object.fromEntries(entries) as OptionValues<Table>;
}

/** The lines of `--help` that list a table of options. */
export function describeOptions(table: OptionTable): string {
  const rows = Object.entries(table).map(([key, option]) => {
    const switchName = option.default === true ? `no-${optionName(key)}` : optionName(key);
    const usage =
      option.placeholder === undefined ? switchName : `${optionName(key)} ${option.placeholder}`;
    const byDefault = option.placeholder === undefined ? '' : ` (${showDefault(option.default)})`;
    return [`--${usage}`, option.help + byDefault] as const;
  });
  const width = Math.max(...rows.map(([usage]) => usage.length));
  return rows.map(([usage, help]) => `  ${usage.padEnd(width)}  ${help}`).join('\n');
}

/** `--learning-rate` for `learningRate`. */
export function optionName(key: string): string {
  return key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

function readArguments(
  table: OptionTable,
  args: readonly string[],
): Readonly<Record<string, unknown>> {
  const options: ParseArgsConfig['options'] = { help: { type: 'boolean', short: 'h' } };
  for (const [key, { placeholder }] of Object.entries(table)) {
    options[optionName(key)] = { type: placeholder === undefined ? 'boolean' : 'string' };
  }
  // Some package managers hand their own `--` on.
  const own = args[0] === '--' ? args.slice(1) : [...args];
  try {
    return parseArgs({ args: own, options, strict: true, allowNegative: true }).values;
  } catch (error) {
    const [sentence] = reasonOf(error).split('. ');
    throw new UserError(`${sentence?.replace(/\.$/, '')}. Run with --help for all options.`);
  }
}

function numeric(
  {
    min = Number.NEGATIVE_INFINITY,
    max = Number.POSITIVE_INFINITY,
    above = false,
    ...rest
  }: NumberRange,
  placeholder: string,
  kind: string,
  isKind: (value: number) => boolean,
): Option<number> {
  const lower = min === Number.NEGATIVE_INFINITY ? '' : above ? ` above ${min}` : ` from ${min}`;
  const upper = max === Number.POSITIVE_INFINITY ? '' : `${above ? ' and up' : ''} to ${max}`;
  const parse = (name: string, value: string): number => {
    const number = value.trim() === '' ? Number.NaN : Number(value);
    const inside = (above ? number > min : number >= min) && number <= max;
    if (isKind(number) && inside) return number;
    throw new UserError(`--${name} must be ${kind}${lower}${upper}, got '${value}'.`);
  };
  return { default: rest.default, help: rest.help, placeholder, parse };
}

function showDefault(value: string | number | boolean): string {
  return typeof value === 'string' ? value || 'none' : `${value}`;
}
