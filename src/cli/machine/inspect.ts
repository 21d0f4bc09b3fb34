/** `docker-machine inspect`: what docker-machine keeps of a machine, as JSON or through a template. */
import { fromJson } from '../../go-template/go-value.ts';
import { createTemplate } from '../../go-template/template.ts';
import type { Machine } from '../process.ts';
import { describeMissing, findMachine, type MachineCall } from './machine-call.ts';

export async function inspect(call: MachineCall): Promise<number> {
  const { options, process } = call;
  const [name] = options.operands;
  if (name === undefined) return call.fail('Error: No machine name(s) specified and no "default" machine exists');
  const machine = findMachine(process, name);
  if (!machine) return call.fail(describeMissing(name));
  const facts = factsOf(machine, `${process.env.get('HOME') ?? ''}/.docker/machine`);
  const format = options.value('f');
  if (format === null) {
    call.out(JSON.stringify(facts, null, 4));
    return 0;
  }
  const parsed = createTemplate(format);
  if (!parsed.ok) return call.fail(`Template parsing error: ${parsed.message}`);
  const done = parsed.template.execute(fromJson(facts));
  if (!done.ok) return call.fail(done.message);
  call.out(done.text);
  return 0;
}

function factsOf({ name, address }: Machine, store: string) {
  return {
    ConfigVersion: 3,
    Driver: {
      IPAddress: address,
      MachineName: name,
      SSHUser: 'docker',
      SSHPort: 22,
      SSHKeyPath: `${store}/machines/${name}/id_rsa`,
      StorePath: store,
      SwarmMaster: false,
      SwarmHost: '',
      SwarmDiscovery: '',
    },
    DriverName: 'virtualbox',
    HostOptions: {
      Driver: '',
      Memory: 0,
      Disk: 0,
      EngineOptions: {
        ArbitraryFlags: [],
        Dns: null,
        InsecureRegistry: [],
        Labels: [],
        RegistryMirror: [],
        TlsVerify: true,
      },
      AuthOptions: {
        CertDir: `${store}/certs`,
        CaCertPath: `${store}/certs/ca.pem`,
        ServerCertPath: `${store}/machines/${name}/server.pem`,
        ServerKeyPath: `${store}/machines/${name}/server-key.pem`,
        ClientKeyPath: `${store}/certs/key.pem`,
        ClientCertPath: `${store}/certs/cert.pem`,
        StorePath: `${store}/machines/${name}`,
      },
    },
    Name: name,
  };
}
