// SPDX-License-Identifier: Apache-2.0
// A plugin of TypeDoc's: methods of tensors, and entries of tables such as `activations`, are made of functions that
// have their comments where they are declared. Here they get a line that leads there.

import { Comment, Converter, ReflectionKind } from 'typedoc';

/** @param {import('typedoc').Application} app */
export function load(app) {
  app.converter.on(Converter.EVENT_RESOLVE_BEGIN, (context) => {
    for (const property of context.project.getReflectionsByKind(ReflectionKind.Property)) {
      property.comment ??= commentOf(property);
    }
  });
}

/** The comment of the function that the property holds, else a line that leads there. */
function commentOf(property) {
  const { type } = property;
  const signatures = type?.type === 'reflection' ? (type.declaration.signatures ?? []) : [];
  const found = signatures.find((signature) => signature.hasComment())?.comment?.clone();
  const text = lineFor(property);
  return found ?? (text === undefined ? undefined : new Comment([{ kind: 'text', text }]));
}

function lineFor({ name, parent }) {
  if (parent?.name === 'Tensor') return `The function \`${name}\` with this tensor in front.`;
  const table = parent?.parent;
  if (parent?.name !== '__type' || !table?.kindOf(ReflectionKind.Variable)) return undefined;
  return `The entry \`${name}\` of \`${table.name}\`.`;
}
