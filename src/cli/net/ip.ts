/** `ip addr`, `ip link`, `ip route` of a host. Layout: iproute2. */
import type { InterfaceFacts } from '../../protocol/network-call.ts';
import type { Process, Program } from '../process.ts';

export const ip: Program = async (process) => {
  const brief = process.args.some((word) => word === '-br' || word === '-brief');
  const [object = '', ...rest] = process.args.filter((word) => !word.startsWith('-'));
  const facts = process.host.network.facts();
  if (object !== '' && 'route'.startsWith(object)) return say(process, routes(facts.interfaces));
  const isAddress = object !== '' && 'address'.startsWith(object);
  const isLink = object !== '' && 'link'.startsWith(object);
  if (!isAddress && !isLink) {
    process.stderr.write(
      object === ''
        ? 'Usage: ip [ OPTIONS ] OBJECT { COMMAND | help }\n'
        : `Object "${object}" is unknown, try "ip help".\n`,
    );
    return object === '' ? 255 : 1;
  }
  const name = rest.find((word) => !['show', 'list', 'ls', 'dev', 's', 'l', 'sh'].includes(word));
  const all = [LOOPBACK, ...facts.interfaces];
  const shown = all.filter((one) => name === undefined || one.name === name);
  if (shown.length === 0) {
    process.stderr.write(`Device "${name}" does not exist.\n`);
    return 1;
  }
  const text = (one: InterfaceFacts): string =>
    brief ? briefText(one) : fullText(one, all.indexOf(one) + 1, isAddress);
  return say(process, shown.map(text).join(''));
};

const LOOPBACK: InterfaceFacts = {
  name: 'lo',
  address: '127.0.0.1/8',
  mac: '00:00:00:00:00:00',
  mtu: 65_536,
  gateway: null,
};

function say(process: Process, text: string): number {
  process.stdout.write(text);
  return 0;
}

function briefText({ name, address }: InterfaceFacts): string {
  return `${name.padEnd(16)} ${(name === 'lo' ? 'UNKNOWN' : 'UP').padEnd(14)} ${address} \n`;
}

function fullText({ name, address, mac, mtu }: InterfaceFacts, index: number, withAddress: boolean): string {
  const isLoopback = name === 'lo';
  const isBridge = !isLoopback && name !== 'eth0';
  const flags = isLoopback ? 'LOOPBACK,UP,LOWER_UP' : 'BROADCAST,MULTICAST,UP,LOWER_UP';
  const queue = isLoopback || isBridge ? 'noqueue' : 'fq_codel';
  const state = isLoopback ? 'UNKNOWN' : 'UP';
  const lines = [
    `${index}: ${name}: <${flags}> mtu ${mtu} qdisc ${queue} state ${state} group default${isBridge ? '' : ' qlen 1000'}`,
    `    link/${isLoopback ? 'loopback' : 'ether'} ${mac} brd ${isLoopback ? '00:00:00:00:00:00' : 'ff:ff:ff:ff:ff:ff'}`,
  ];
  if (withAddress && address !== '') {
    const scope = isLoopback ? 'scope host lo' : `brd ${broadcastOf(address)} scope global ${name}`;
    lines.push(`    inet ${address} ${scope}`, '       valid_lft forever preferred_lft forever');
  }
  return `${lines.join('\n')}\n`;
}

function routes(interfaces: readonly InterfaceFacts[]): string {
  const lines = interfaces
    .filter(({ gateway }) => gateway !== null)
    .map(({ gateway, name }) => `default via ${gateway} dev ${name} `);
  const linked = interfaces
    .filter(({ address }) => address !== '')
    .map(({ name, address }) => ({ subnet: subnetOf(address), name, own: address.split('/')[0] }))
    .sort((a, b) => toNumber(a.subnet) - toNumber(b.subnet));
  for (const { subnet, name, own } of linked) lines.push(`${subnet} dev ${name} proto kernel scope link src ${own} `);
  return lines.map((line) => `${line}\n`).join('');
}

function toNumber(cidr: string): number {
  return cidr
    .split('/')[0]!
    .split('.')
    .reduce((sum, byte) => sum * 256 + Number(byte), 0);
}

function toText(number: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(number / 2 ** shift) % 256).join('.');
}

function blockOf(cidr: string): { first: number; size: number; bits: string } {
  const bits = cidr.split('/')[1] ?? '32';
  const size = 2 ** (32 - Number(bits));
  return { first: Math.floor(toNumber(cidr) / size) * size, size, bits };
}

function subnetOf(cidr: string): string {
  const { first, bits } = blockOf(cidr);
  return `${toText(first)}/${bits}`;
}

function broadcastOf(cidr: string): string {
  const { first, size } = blockOf(cidr);
  return toText(first + size - 1);
}
