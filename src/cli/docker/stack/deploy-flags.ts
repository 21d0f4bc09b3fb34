/** Flags of `docker stack deploy` and `docker stack config`. Source: `cli: cli/command/stack/deploy.go, config.go`. */
import { boolFlag, commaListFlag, stringFlag } from '../../flags/flag-types.ts';

export const composeFiles = commaListFlag({
  name: 'compose-file',
  shorthand: 'c',
  description: 'Stack file, or "-" for standard input',
});

export const skipInterpolation = boolFlag({ name: 'skip-interpolation', description: 'Leave variables as they are' });

export const deployFlags = {
  composeFiles,
  detach: boolFlag({
    name: 'detach',
    shorthand: 'd',
    default: true,
    description: 'Do not wait until the services have come up',
  }),
  prune: boolFlag({ name: 'prune', description: 'Remove services that the files do not name any more' }),
  quiet: boolFlag({ name: 'quiet', shorthand: 'q', description: 'Show no progress' }),
  resolveImage: stringFlag({
    name: 'resolve-image',
    default: 'always',
    description: 'When to ask the registry for digest and platforms of images: "always", "changed" or "never"',
    values: ['always', 'changed', 'never'],
  }),
  registryAuth: boolFlag({
    name: 'with-registry-auth',
    description: 'Hand your credentials for the registry to the nodes',
  }),
};
