/**
 * What may stand in a stack file of version 3.0 to 3.13.
 * Source: the rules of `cli: cli/compose/schema/data/config_schema_v3.*.json`; each version only adds to the one before.
 */
import type { Rule, TypeName } from './validate.ts';

/** The newest version, which files without one have. */
export const newestVersion = '3.13';

/** The rules for a version such as `3.8`; null if there is no such version. */
export function rulesFor(version: string): Rule | null {
  const minor = /^3\.(\d|1[0-3])$/.exec(version)?.[1];
  return minor === undefined ? null : file(Number(minor));
}

type Properties = Record<string, Rule>;

/** Properties that a version from `first` on has. */
function since(minor: number, first: number, properties: Properties): Properties {
  return minor >= first ? properties : {};
}

function type(...types: TypeName[]): Rule {
  return { types };
}

function closed(properties: Properties, rest: Partial<Rule> = {}): Rule {
  return { types: ['object'], properties, closed: true, ...rest };
}

function open(properties: Properties): Rule {
  return { types: ['object'], properties };
}

function listOf(items: Rule, rest: Partial<Rule> = {}): Rule {
  return { types: ['array'], items, ...rest };
}

function keyed(pattern: RegExp, rule: Rule, rest: Partial<Rule> = {}): Rule {
  return { types: ['object'], patterns: [{ pattern, rule }], ...rest };
}

const text = type('string');
const whole = type('integer');
const number = type('number');
const truth = type('boolean');
const duration: Rule = { types: ['string'], format: 'duration' };
const uniqueTexts = listOf(text, { uniqueItems: true });
const textOrTexts: Rule = { oneOf: [text, uniqueTexts] };
const command: Rule = { oneOf: [text, listOf(text)] };
const pairs: Rule = {
  oneOf: [keyed(/.+/, type('string', 'number', 'null'), { closed: true }), listOf(text, { uniqueItems: true })],
};
const driverOptions = keyed(/^.+$/, type('string', 'number'));
const name = /^[a-zA-Z0-9._-]+$/;
const anything: Rule = {};

/** `x-` fields, in versions that have them there. */
function extensions(minor: number, first: number): Partial<Rule> {
  return minor >= first ? { patterns: [{ pattern: /^x-/, rule: anything }] } : {};
}

function file(minor: number): Rule {
  return closed(
    {
      version: text,
      services: keyed(name, service(minor), { closed: true }),
      networks: keyed(name, network(minor)),
      volumes: keyed(name, volume(minor), { closed: true }),
      ...since(minor, 1, { secrets: keyed(name, secret(minor), { closed: true }) }),
      ...since(minor, 3, { configs: keyed(name, config(minor), { closed: true }) }),
    },
    { ...(minor < 10 && { required: ['version'] }), ...extensions(minor, 4) },
  );
}

function service(minor: number): Rule {
  return closed(
    {
      deploy: deployment(minor),
      build: build(minor),
      cap_add: uniqueTexts,
      cap_drop: uniqueTexts,
      ...since(minor, 9, { cgroupns_mode: text }),
      cgroup_parent: text,
      command,
      ...since(minor, 3, { configs: fileReferences, credential_spec: credentialSpec(minor) }),
      container_name: text,
      depends_on: uniqueTexts,
      devices: uniqueTexts,
      dns: textOrTexts,
      dns_search: textOrTexts,
      domainname: text,
      entrypoint: command,
      env_file: textOrTexts,
      environment: pairs,
      expose: listOf(type('string', 'number'), { uniqueItems: true }),
      external_links: uniqueTexts,
      extra_hosts: pairs,
      healthcheck: healthcheck(minor),
      hostname: text,
      image: text,
      ...since(minor, 7, { init: truth }),
      ipc: text,
      ...since(minor, 5, { isolation: text }),
      labels: pairs,
      links: uniqueTexts,
      logging: closed({ driver: text, options: keyed(/^.+$/, type('string', 'number', 'null')) }),
      mac_address: text,
      network_mode: text,
      networks: serviceNetworks(minor),
      pid: type('string', 'null'),
      ports: ports(minor),
      privileged: truth,
      read_only: truth,
      restart: text,
      security_opt: uniqueTexts,
      shm_size: type('number', 'string'),
      ...since(minor, 1, { secrets: fileReferences }),
      sysctls: pairs,
      stdin_open: truth,
      stop_grace_period: duration,
      stop_signal: text,
      tmpfs: textOrTexts,
      tty: truth,
      ulimits: keyed(/^[a-z]+$/, {
        oneOf: [whole, closed({ hard: whole, soft: whole }, { required: ['soft', 'hard'] })],
      }),
      ...since(minor, 13, { oom_score_adj: whole }),
      user: text,
      userns_mode: text,
      volumes: mounts(minor),
      working_dir: text,
    },
    extensions(minor, 7),
  );
}

function build(minor: number): Rule {
  const context = {
    context: text,
    dockerfile: text,
    args: pairs,
    ...since(minor, 2, { cache_from: uniqueTexts }),
    ...since(minor, 3, { labels: pairs }),
    ...since(minor, 4, { network: text, target: text }),
    ...since(minor, 5, { shm_size: type('integer', 'string') }),
    ...since(minor, 9, { extra_hosts: pairs }),
  };
  return { oneOf: [text, minor >= 11 ? open(context) : closed(context)] };
}

const fileReferences = listOf({
  oneOf: [text, open({ source: text, target: text, uid: text, gid: text, mode: number })],
});

function credentialSpec(minor: number): Rule {
  return closed({ ...since(minor, 8, { config: text }), file: text, registry: text });
}

function serviceNetworks(minor: number): Rule {
  const attachment = closed({
    aliases: uniqueTexts,
    ...since(minor, 13, { driver_opts: driverOptions }),
    ipv4_address: text,
    ipv6_address: text,
  });
  return { oneOf: [uniqueTexts, keyed(name, { oneOf: [attachment, type('null')] }, { closed: true })] };
}

function ports(minor: number): Rule {
  if (minor < 2) return listOf({ types: ['string', 'number'], format: 'ports' }, { uniqueItems: true });
  const long = closed({ mode: text, target: whole, published: whole, protocol: text });
  const short: Rule[] = [
    { types: ['number'], format: 'ports' },
    { types: ['string'], format: 'ports' },
  ];
  return listOf({ oneOf: [...short, long] }, { uniqueItems: true });
}

function mounts(minor: number): Rule {
  if (minor < 2) return uniqueTexts;
  const properties = {
    type: text,
    source: text,
    target: text,
    read_only: truth,
    consistency: text,
    bind: open({ propagation: text }),
    volume: open({ nocopy: truth }),
    ...since(minor, 6, { tmpfs: open({ size: { types: ['integer'], minimum: 0 } }) }),
  };
  return listOf({ oneOf: [text, closed(properties, { required: ['type'] })] });
}

function healthcheck(minor: number): Rule {
  const time = minor >= 4 ? duration : text;
  return closed({
    disable: truth,
    interval: time,
    retries: number,
    test: command,
    timeout: time,
    ...since(minor, 4, { start_period: duration }),
    ...since(minor, 12, { start_interval: duration }),
  });
}

function deployment(minor: number): Rule {
  return closed(
    {
      mode: text,
      ...since(minor, 2, { endpoint_mode: text }),
      replicas: whole,
      labels: pairs,
      ...since(minor, 7, { rollback_config: updateConfig(minor) }),
      update_config: updateConfig(minor),
      resources: resources(minor),
      restart_policy: closed({ condition: text, delay: duration, max_attempts: whole, window: duration }),
      placement: closed({
        constraints: listOf(text),
        ...since(minor, 3, { preferences: listOf(closed({ spread: text })) }),
        ...since(minor, 8, { max_replicas_per_node: whole }),
      }),
    },
    { types: ['object', 'null'] },
  );
}

function updateConfig(minor: number): Rule {
  return closed({
    parallelism: whole,
    delay: duration,
    failure_action: text,
    monitor: duration,
    max_failure_ratio: number,
    ...since(minor, 4, { order: { types: ['string'], enum: ['start-first', 'stop-first'] } }),
  });
}

function resources(minor: number): Rule {
  const amounts = { cpus: text, memory: text };
  const generic = listOf(closed({ discrete_resource_spec: closed({ kind: text, value: number }) }));
  return closed({
    limits: closed({ ...amounts, ...since(minor, 9, { pids: whole }) }),
    reservations: closed({ ...amounts, ...since(minor, 5, { generic_resources: generic }) }),
  });
}

const external: Rule = { types: ['boolean', 'object'], properties: { name: text } };

function network(minor: number): Rule {
  return closed(
    {
      ...since(minor, 5, { name: text }),
      driver: text,
      driver_opts: driverOptions,
      ipam: closed({ driver: text, config: listOf(closed({ subnet: text })) }),
      external: { ...external, closed: true },
      internal: truth,
      ...since(minor, 2, { attachable: truth }),
      labels: pairs,
    },
    { types: ['object', 'null'], ...extensions(minor, 7) },
  );
}

function volume(minor: number): Rule {
  return closed(
    {
      ...since(minor, 4, { name: text }),
      driver: text,
      driver_opts: driverOptions,
      external: { ...external, closed: true },
      labels: pairs,
      ...since(minor, 10, { 'x-cluster-spec': clusterSpec }),
    },
    { types: ['object', 'null'], ...extensions(minor, 7) },
  );
}

const segments = listOf(open({ segments: pairs }));

const clusterSpec = open({
  group: text,
  access_mode: open({
    scope: text,
    sharing: text,
    block_volume: open({}),
    mount_volume: open({ fs_type: text, mount_flags: listOf(text) }),
  }),
  accessibility_requirements: open({ requisite: segments, preferred: segments }),
  capacity_range: open({ required_bytes: text, limit_bytes: text }),
  availability: text,
});

function secret(minor: number): Rule {
  return closed(
    {
      ...since(minor, 5, { name: text }),
      file: text,
      external,
      labels: pairs,
      ...since(minor, 8, { driver: text, driver_opts: driverOptions, template_driver: text }),
    },
    extensions(minor, 7),
  );
}

function config(minor: number): Rule {
  return closed(
    {
      ...since(minor, 5, { name: text }),
      file: text,
      external,
      labels: pairs,
      ...since(minor, 8, { template_driver: text }),
    },
    extensions(minor, 7),
  );
}
