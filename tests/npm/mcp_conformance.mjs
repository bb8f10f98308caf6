// SPDX-FileCopyrightText: 2026 The wazi authors
// SPDX-License-Identifier: Apache-2.0
// Lets the conformance runner start on Node 20: its file names `globSync` of Node 22, which no scenario calls.
import { register } from "node:module";

const hooks = `
  export async function resolve(name, context, next) {
    return name === "fs" && context.parentURL?.includes("/conformance/") ? { url: "wazi:fs", shortCircuit: true } : next(name, context);
  }
  export async function load(url, context, next) {
    if (url !== "wazi:fs") return next(url, context);
    const source = 'import fs from "node:fs"; export * from "node:fs"; export default fs; export const globSync = fs.globSync;';
    return { format: "module", shortCircuit: true, source };
  }
`;
register(`data:text/javascript,${encodeURIComponent(hooks)}`);
