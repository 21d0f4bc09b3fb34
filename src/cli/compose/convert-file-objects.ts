/** Secrets and configs that a stack makes from files. Source: `cli: cli/compose/convert/compose.go` (`Secrets`, `Configs`). */

import { encodeBase64, utf8Bytes } from '../../protocol/base64.ts';
import type { ConfigSpec, SecretSpec } from '../../protocol/engine-api.ts';
import { type ParseResult, parsed } from '../flags/flag.ts';
import type { LoadContext } from './load-context.ts';
import { recordOf, scoped, stackLabels } from './namespace.ts';
import type { FileObjectConfig } from './stack-file.ts';

type Objects = ReadonlyMap<string, FileObjectConfig>;

export function convertSecrets(stack: string, secrets: Objects, context: LoadContext): ParseResult<SecretSpec[]> {
  const specs: SecretSpec[] = [];
  for (const [name, secret] of own(secrets)) {
    const data = secret.driver === '' ? fileData(secret, context) : parsed('');
    if (!data.ok) return data;
    specs.push({
      ...named(stack, name, secret),
      ...(data.value !== '' && { Data: data.value }),
      ...(secret.driver !== '' && { Driver: driver(secret) }),
      ...(secret.template_driver !== '' && { Templating: { Name: secret.template_driver } }),
    });
  }
  return parsed(specs);
}

export function convertConfigs(stack: string, configs: Objects, context: LoadContext): ParseResult<ConfigSpec[]> {
  const specs: ConfigSpec[] = [];
  for (const [name, config] of own(configs)) {
    const data = fileData(config, context);
    if (!data.ok) return data;
    specs.push({
      ...named(stack, name, config),
      ...(data.value !== '' && { Data: data.value }),
      ...(config.template_driver !== '' && { Templating: { Name: config.template_driver } }),
    });
  }
  return parsed(specs);
}

/** Not those that are made elsewhere. By name: the original has no order. */
function own(objects: Objects): [string, FileObjectConfig][] {
  const made = [...objects].filter(([, { external }]) => !external.external);
  return made.sort(([a], [b]) => (a < b ? -1 : 1));
}

function fileData({ file }: FileObjectConfig, { readFile }: LoadContext): ParseResult<string> {
  const text = readFile(file);
  return text.ok ? parsed(encodeBase64(utf8Bytes(text.value))) : text;
}

function named(stack: string, name: string, object: FileObjectConfig) {
  return { Name: object.name || scoped(stack, name), Labels: stackLabels(stack, object.labels) };
}

function driver({ driver: name, driver_opts: options }: FileObjectConfig) {
  return { Name: name, ...(options?.size && { Options: recordOf(options) }) };
}
