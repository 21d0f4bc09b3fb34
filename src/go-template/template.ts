/**
 * Templates as docker's `--format` knows them: parse once, execute on any number of values.
 * Source: Go `text/template`, `docker/cli: templates/templates.go`.
 */
import { type Execution, executeTemplate } from './execute.ts';
import { dockerFunctions, headerFunctions } from './functions.ts';
import type { MaybeValue } from './go-value.ts';
import { parseTemplate } from './parser.ts';

/** How to execute. */
export interface TemplateOptions {
  /** A key that a map has not is an error instead of `<no value>`. */
  missingKeyIsError?: boolean;
  /** The value is a table's header: docker's functions leave names alone. */
  header?: boolean;
}

/** A template that can be executed. */
export interface Template {
  execute(dot: MaybeValue, options?: TemplateOptions): Execution;
}

export type TemplateResult = { ok: true; template: Template } | { ok: false; message: string };

/** Parses docker's template text; error lines carry its `name`. The message has Go's words, without docker's `template parsing error: `. */
export function createTemplate(source: string, name = ''): TemplateResult {
  const parsed = parseTemplate(name, source, new Set(Object.keys(dockerFunctions)));
  if (!parsed.ok) return parsed;
  const execute: Template['execute'] = (dot, { missingKeyIsError, header } = {}) => {
    const functions = header ? headerFunctions : dockerFunctions;
    return executeTemplate({ name, source, trees: parsed.trees, functions, missingKeyIsError }, dot);
  };
  return { ok: true, template: { execute } };
}
