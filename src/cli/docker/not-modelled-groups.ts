/**
 * Groups of docker with nothing behind them here: plugins, trust in images, lists of manifests, the old builder. Their help has their commands,
 * usage lines and flags, as the real client without further plugins shows them.
 */

import { filterFlag } from '../flags/flag-types.ts';
import { type Command, type CommandGroup, exactArgs, noArgs, requiresMinArgs, requiresRangeArgs } from './command.ts';
import { inspectFormatFlag, listFormatFlag, noTruncFlag, quietFlag } from './format-flag.ts';
import { buildCommand, LEGACY_BUILDER } from './image/build.ts';
import { builderPrune } from './image/builder-prune.ts';
import { notModelled } from './not-modelled.ts';

export const builderGroup: CommandGroup = {
  kind: 'group',
  name: 'builder',
  section: 'management',
  description: 'Builds of images',
  notice: LEGACY_BUILDER,
  commands: [
    { ...buildCommand, aliasLine: 'docker image build, docker build, docker builder build' },
    { ...builderPrune, notice: LEGACY_BUILDER },
  ],
};

const trusted = '--disable-content-trust  Do not check signatures (default true)';

export const pluginGroup: CommandGroup = {
  kind: 'group',
  name: 'plugin',
  section: 'management',
  description: 'Plugins of the daemon',
  commands: [
    notModelled('create', '[OPTIONS] PLUGIN PLUGIN-DATA-DIR', 'Make a plugin of a folder', {
      args: requiresMinArgs(2),
      flags: '--compress  Compress the folder with gzip',
    }),
    notModelled('disable', '[OPTIONS] PLUGIN', 'Switch a plugin off', {
      args: exactArgs(1),
      flags: '-f, --force  Also one that is in use',
    }),
    notModelled('enable', '[OPTIONS] PLUGIN', 'Switch a plugin on', {
      args: exactArgs(1),
      flags: '--timeout int  Seconds to wait for it (default 30)',
    }),
    notModelled('inspect', '[OPTIONS] PLUGIN [PLUGIN...]', 'Show plugins in detail', {
      args: requiresMinArgs(1),
      flags: [inspectFormatFlag],
    }),
    notModelled('install', '[OPTIONS] PLUGIN [KEY=VALUE...]', 'Get a plugin', {
      args: requiresMinArgs(1),
      flags: `
        --alias string  Name that it gets here
        --disable  Do not switch it on
        ${trusted}
        --grant-all-permissions  Give it all the rights that it wants`,
    }),
    pluginLs(),
    notModelled('push', '[OPTIONS] PLUGIN[:TAG]', 'Send a plugin to a registry', {
      args: exactArgs(1),
      flags: '--disable-content-trust  Do not sign (default true)',
    }),
    notModelled('rm', '[OPTIONS] PLUGIN [PLUGIN...]', 'Remove plugins', {
      args: requiresMinArgs(1),
      aliases: ['remove'],
      flags: '-f, --force  Also those that are in use',
    }),
    notModelled('set', 'PLUGIN KEY=VALUE [KEY=VALUE...]', 'Change settings of a plugin', { args: requiresMinArgs(2) }),
    notModelled('upgrade', '[OPTIONS] PLUGIN [REMOTE]', 'Get a newer version of a plugin', {
      args: requiresRangeArgs(1, 2),
      flags: `
        ${trusted}
        --grant-all-permissions  Give it all the rights that it wants
        --skip-remote-check  Do not check that it is the same plugin`,
    }),
  ],
};

/** There are none. */
function pluginLs(): Command {
  const quiet = quietFlag('Print IDs alone');
  return {
    kind: 'command',
    name: 'ls',
    aliases: ['list'],
    usage: '[OPTIONS]',
    description: 'List plugins',
    args: noArgs,
    flags: [filterFlag(), listFormatFlag, noTruncFlag, quiet],
    run: async ({ api, flags, out }) => {
      await api.get('/plugins');
      if (!flags.get(quiet)) out('ID        NAME      DESCRIPTION   ENABLED\n');
      return 0;
    },
  };
}

const EXPERIMENTAL = `EXPERIMENTAL:
  This is an experimental feature of docker.`;

function manifest(name: string, usage: string, description: string, least: number, flags = ''): Command {
  const text = `${description}\n\n${EXPERIMENTAL}`;
  const options = { args: requiresMinArgs(least), ...(flags && { flags }) };
  return { ...notModelled(name, usage, text, options), summary: description };
}

export const manifestGroup: CommandGroup = {
  kind: 'group',
  name: 'manifest',
  section: 'management',
  description: 'Lists of manifests of images',
  detail: `Lists of manifests give images of several platforms one name.

${EXPERIMENTAL}`,
  commands: [
    manifest(
      'annotate',
      '[OPTIONS] MANIFEST_LIST MANIFEST',
      'Say more of a manifest',
      2,
      `
      --arch string  Architecture
      --os string  Operating system
      --os-features strings  Features of the operating system
      --os-version string  Version of the operating system
      --variant string  Variant of the architecture`,
    ),
    manifest(
      'create',
      'MANIFEST_LIST MANIFEST [MANIFEST...]',
      'Make a list of manifests',
      2,
      `
      -a, --amend  Add to a list that is there
      --insecure  Talk to a registry without TLS`,
    ),
    manifest(
      'inspect',
      '[OPTIONS] [MANIFEST_LIST] MANIFEST',
      'Show a manifest, or a list of them',
      1,
      `
      --insecure  Talk to a registry without TLS
      -v, --verbose  Show layers and platform, too`,
    ),
    manifest(
      'push',
      '[OPTIONS] MANIFEST_LIST',
      'Send a list of manifests to a registry',
      1,
      `
      --insecure  Talk to a registry without TLS
      -p, --purge  Remove the list here afterwards`,
    ),
    manifest('rm', 'MANIFEST_LIST [MANIFEST_LIST...]', 'Remove lists of manifests', 1),
  ],
};

export const trustGroup: CommandGroup = {
  kind: 'group',
  name: 'trust',
  section: 'management',
  description: 'Trust in images',
  commands: [
    {
      kind: 'group',
      name: 'key',
      section: 'management',
      description: 'Keys for signing',
      commands: [
        notModelled('generate', 'NAME', 'Make a pair of keys for signing', {
          args: exactArgs(1),
          flags: '--dir string  Folder for it, instead of this one',
        }),
        notModelled('load', '[OPTIONS] KEYFILE', 'Get a key for signing', {
          args: exactArgs(1),
          flags: '--name string  Name of the key (default "signer")',
        }),
      ],
    },
    {
      kind: 'group',
      name: 'signer',
      section: 'management',
      description: 'Who may sign images',
      commands: [
        notModelled('add', 'OPTIONS NAME REPOSITORY [REPOSITORY...] ', 'Let somebody sign', {
          args: requiresMinArgs(2),
          flags: '--key list  Public key of the signer',
        }),
        notModelled('remove', '[OPTIONS] NAME REPOSITORY [REPOSITORY...]', 'Let somebody sign no more', {
          args: requiresMinArgs(2),
          flags: '-f, --force  Do not ask first',
        }),
      ],
    },
    notModelled('inspect', 'IMAGE[:TAG] [IMAGE[:TAG]...]', 'Show keys and signatures', {
      args: requiresMinArgs(1),
      flags: '--pretty  Print it for people',
    }),
    notModelled('revoke', '[OPTIONS] IMAGE[:TAG]', 'Trust an image no more', {
      args: exactArgs(1),
      flags: '-y, --yes  Do not ask first',
    }),
    notModelled('sign', 'IMAGE:TAG', 'Sign an image', {
      args: exactArgs(1),
      flags: '--local  Sign a tag of this host',
    }),
  ],
};
