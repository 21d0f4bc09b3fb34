/**
 * `inspect`: objects as indented JSON, as compact JSON, or through a template.
 * A template sees the typed object first; if that fails, the JSON as it came, where a missing key is an error.
 * Source: `docker/cli: cli/command/inspect/inspector.go`.
 */
import type { Execution } from '../../go-template/execute.ts';
import { escapeHtml, toJson } from '../../go-template/go-json.ts';
import { fromJson, type GoType } from '../../go-template/go-value.ts';
import { createTemplate, type Template } from '../../go-template/template.ts';
import { describeError } from './client.ts';
import type { CommandContext } from './command.ts';

/** An object as the daemon gave it, with Go's type for it if templates are to know it. */
export interface Inspected {
  raw: unknown;
  type?: GoType;
  /** The command keeps the typed object alone (nodes, services, volumes): its JSON has every field, and nothing to fall back on. */
  typedOnly?: boolean;
}

/** Finds what a reference means; an `error` is the line to print for it. Refusals of the daemon may be thrown. */
export type FindObject = (reference: string) => Promise<Inspected | { error: string }>;

/** What differs between commands. */
export interface InspectOptions {
  /** Exit status for a template that cannot be parsed. */
  badTemplateStatus?: number;
}

/** Prints all objects that were found, then a line for each that was not. */
export async function inspectObjects(
  context: CommandContext,
  references: readonly string[],
  format: string,
  find: FindObject,
  { badTemplateStatus = 64 }: InspectOptions = {},
): Promise<number> {
  const template = format === '' || format === 'json' ? null : createTemplate(format);
  if (template && !template.ok) return context.fail(`template parsing error: ${template.message}`, badTemplateStatus);
  const { objects, errors } = await findAll(references, find);
  if (!template) context.out(objectsJson(objects, format));
  else context.out(executeAll(template.template, objects, errors) || '\n');
  return errors.length === 0 ? 0 : context.fail(errors.join('\n'));
}

async function findAll(
  references: readonly string[],
  find: FindObject,
): Promise<{ objects: Inspected[]; errors: string[] }> {
  const objects: Inspected[] = [];
  const errors: string[] = [];
  for (const reference of references) {
    try {
      const found = await find(reference);
      if ('error' in found) errors.push(found.error);
      else objects.push(found);
    } catch (error) {
      const line = describeError(error);
      if (line === null) throw error;
      errors.push(line);
    }
  }
  return { objects, errors };
}

function objectsJson(objects: readonly Inspected[], format: string): string {
  const values = objects.map(({ raw, type, typedOnly }) =>
    type && typedOnly ? JSON.parse(toJson({ type, value: raw })) : raw,
  );
  const json = JSON.stringify(values, null, format === 'json' ? undefined : 4);
  const escaped = objects.some((object) => object.typedOnly) ? escapeHtml(json) : json;
  return `${escaped}\n`;
}

function executeAll(template: Template, objects: readonly Inspected[], errors: string[]): string {
  let text = '';
  for (const object of objects) {
    const result = execute(template, object);
    if (result.ok) text += `${result.text}\n`;
    else errors.push(`template parsing error: ${result.message}`);
  }
  return text;
}

function execute(template: Template, { raw, type, typedOnly }: Inspected): Execution {
  const typed = type && template.execute({ type, value: raw });
  return typed && (typed.ok || typedOnly) ? typed : template.execute(fromJson(raw), { missingKeyIsError: true });
}
