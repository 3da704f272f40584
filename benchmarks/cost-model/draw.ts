// SPDX-License-Identifier: Apache-2.0
// Draws what the cost model predicts for up to 64 machines: the figure docs/figures/cost-model.svg, and
// the tables in docs/cost-model.md.
//
//   node benchmarks/cost-model/draw.ts

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { figure } from './figure.ts';
import { withGeneratedPart } from './page.ts';
import { readParameters } from './parameters.ts';
import { tables } from './tables.ts';

const page = new URL('../../docs/cost-model.md', import.meta.url);
const figures = new URL('../../docs/figures/', import.meta.url);

const parameters = readParameters();
mkdirSync(figures, { recursive: true });
writeFileSync(new URL('cost-model.svg', figures), figure(parameters));
writeFileSync(page, withGeneratedPart(readFileSync(page, 'utf8'), tables(parameters)));
