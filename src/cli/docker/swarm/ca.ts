/**
 * `docker swarm ca`: shows the root certificate, or has it rotated.
 * Source: `docker/cli: cli/command/swarm/ca.go`.
 */
import type { Swarm } from '../../../protocol/engine-api.ts';
import { type Flag, type ParseResult, parsed, unparsable, valueFlag } from '../../flags/flag.ts';
import { boolFlag } from '../../flags/flag-types.ts';
import { type Command, type CommandContext, noArgs } from '../command.ts';
import { createProgressLines, silentProgress } from '../progress/progress-lines.ts';
import { flagErrorText } from '../usage.ts';
import { waitOnRootRotation } from './root-rotation-progress.ts';
import { certExpiry, externalCa, mergeCaFlags } from './swarm-flags.ts';
import { updateSwarm } from './update-swarm.ts';

const rotate = boolFlag({ name: 'rotate', description: 'Replace the root certificate, by a new one if none is given' });
const detach = boolFlag({
  name: 'detach',
  shorthand: 'd',
  description: 'Do not wait until every node has its new certificate',
});
const quiet = boolFlag({ name: 'quiet', shorthand: 'q', description: 'Show no progress' });
const caCert = pemFlag('ca-cert', 'File with the root certificate to use (PEM)');
const caKey = pemFlag('ca-key', 'File with the root key to use (PEM)');

export const swarmCa: Command = {
  kind: 'command',
  name: 'ca',
  needsSwarm: 'manager',
  usage: '[OPTIONS]',
  description: 'Show or rotate the root certificate',
  args: noArgs,
  flags: [rotate, detach, quiet, caCert, caKey, certExpiry, externalCa],
  run: showOrRotate,
};

async function showOrRotate(context: CommandContext): Promise<number> {
  const { api, flags } = context;
  const [cert, key] = [readPem(context, caCert), readPem(context, caKey)];
  if (!cert.ok) return refuseFile(context, caCert, cert.message);
  if (!key.ok) return refuseFile(context, caKey, key.message);
  const swarm = await api.get<Swarm>('/swarm');
  if (!flags.get(rotate)) return showWithout(context, swarm);
  const complaint = rotationComplaint(context);
  if (complaint !== null) return context.fail(complaint);
  const spec = mergeCaFlags(swarm.Spec, flags, cert.value);
  const config = {
    ...spec.CAConfig,
    SigningCACert: cert.value || undefined,
    SigningCAKey: key.value || undefined,
  };
  if (cert.value === '' && key.value === '') config.ForceRotate = (config.ForceRotate ?? 0) + 1;
  await updateSwarm(api, swarm, { ...spec, CAConfig: config });
  return flags.get(detach) ? 0 : waitForRotation(context);
}

function showWithout(context: CommandContext, swarm: Swarm): number {
  const needsRotate = [caCert, caKey, certExpiry, externalCa].find((flag: Flag<unknown>) =>
    context.flags.changed(flag),
  );
  if (needsRotate)
    return context.fail(`\`--${needsRotate.name}\` flag requires the \`--rotate\` flag to update the CA`);
  return showRoot(context, swarm);
}

function showRoot(context: CommandContext, swarm: Swarm): number {
  const root = swarm.TLSInfo.TrustRoot ?? '';
  if (root === '') return context.fail('No CA information available');
  context.out(`${root.trim()}\n`);
  return 0;
}

function rotationComplaint({ flags }: CommandContext): string | null {
  const external = flags.get(externalCa).length > 0;
  if (external && !flags.changed(caCert)) {
    return "rotating to an external CA requires the `--ca-cert` flag to specify the external CA's cert - to add an external CA with the current root CA certificate, use the `update` command instead";
  }
  if (flags.changed(caCert) && !external && !flags.changed(caKey)) {
    return 'the --ca-cert flag requires that a --ca-key flag and/or --external-ca flag be provided as well';
  }
  return null;
}

async function waitForRotation(context: CommandContext): Promise<number> {
  const { api, flags, process } = context;
  if (flags.get(quiet)) {
    await waitOnRootRotation({ api, process }, silentProgress);
    return 0;
  }
  await waitOnRootRotation({ api, process }, createProgressLines(process.stdout));
  return showRoot(context, await api.get<Swarm>('/swarm'));
}

function pemFlag(name: string, description: string): Flag<string> {
  return valueFlag({ name, valueWord: 'pem-file', description, default: '', parse: parsed });
}

/** The file's text, empty if the flag was not given; or what is wrong with it. */
function readPem({ flags, process }: CommandContext, flag: Flag<string>): ParseResult<string> {
  if (!flags.changed(flag)) return parsed('');
  const path = flags.get(flag);
  const text = process.host.files.read(path.startsWith('/') ? path : `${process.cwd}/${path}`);
  if (text === null) return unparsable(`open ${path}: no such file or directory`);
  return text.includes('-----BEGIN ') ? parsed(text) : unparsable('file contents must be in PEM format');
}

/** As if the flag's value had been read with the command line, as the real client does. */
function refuseFile(context: CommandContext, flag: Flag<string>, why: string): number {
  const complaint = `invalid argument "${context.flags.get(flag)}" for "--${flag.name}" flag: ${why}`;
  context.err(flagErrorText({ command: swarmCa, path: context.commandPath }, complaint));
  return 125;
}
