/** `docker context inspect`. Source: `cli: cli/command/context/inspect.go`. */
import { sha256 } from '../../../protocol/sha256.ts';
import { anyArgs, type Command } from '../command.ts';
import { inspectFormatFlag } from '../format-flag.ts';
import { inspectObjects } from '../inspect.ts';
import { settingsFolder } from '../registry/credentials.ts';
import { currentContext, DEFAULT_CONTEXT, findContext, notFound } from './context-store.ts';

export const contextInspect: Command = {
  kind: 'command',
  name: 'inspect',
  usage: '[OPTIONS] [CONTEXT] [CONTEXT...]',
  description: 'Show contexts in detail',
  args: anyArgs,
  flags: [inspectFormatFlag],
  run: async (context) => {
    const { args, flags, process } = context;
    const names = args.length > 0 ? args : [currentContext(process)];
    return inspectObjects(context, names, flags.get(inspectFormatFlag), async (name) => {
      const found = findContext(process, name);
      if (!found) return { error: notFound(process, name) };
      const isDefault = name === DEFAULT_CONTEXT;
      const place = (kind: string): string =>
        isDefault ? '<IN MEMORY>' : `${settingsFolder(process)}/contexts/${kind}/${sha256(name)}`;
      return {
        raw: {
          Name: name,
          Metadata: isDefault || found.description === '' ? {} : { Description: found.description },
          Endpoints: { docker: { Host: found.host, SkipTLSVerify: found.skipTlsVerify } },
          TLSMaterial: {},
          Storage: { MetadataPath: place('meta'), TLSPath: place('tls') },
        },
      };
    });
  },
};
