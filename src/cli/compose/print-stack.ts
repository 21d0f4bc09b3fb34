/** Prints loaded stack files: `docker stack config`. Source: `cli: cli/command/stack/config.go`. */
import { anything, mapOf } from './shape.ts';
import { fileObjectsShape, networksShape, type StackFile, serviceShape, volumesShape } from './stack-file.ts';
import { compareKeys, type Output, writeYaml } from './write-yaml.ts';

export function printStack(stack: StackFile): string {
  const document = new Map<string, Output>([
    ['version', stack.version],
    ['services', mapOf(serviceShape).print(stack.services)],
  ]);
  if (stack.networks.size > 0) document.set('networks', networksShape.print(stack.networks));
  if (stack.volumes.size > 0) document.set('volumes', volumesShape.print(stack.volumes));
  if (stack.secrets.size > 0) document.set('secrets', fileObjectsShape.print(stack.secrets));
  if (stack.configs.size > 0) document.set('configs', fileObjectsShape.print(stack.configs));
  for (const key of [...stack.extras.keys()].sort(compareKeys))
    document.set(key, anything.print(stack.extras.get(key)!));
  return writeYaml(document);
}
