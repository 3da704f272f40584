// SPDX-License-Identifier: Apache-2.0

/**
 * The npm packages that carry a Node binary declare `os` and `cpu` as plain strings.
 * pnpm reads only lists, and would install every platform's binary on every machine.
 */
const nodeBinary = /^node-(bin-)?(darwin|linux|win)-/;

module.exports = {
  hooks: {
    readPackage(manifest) {
      if (nodeBinary.test(manifest.name)) {
        manifest.os = [manifest.os].flat();
        manifest.cpu = [manifest.cpu].flat();
      }
      return manifest;
    },
  },
};
