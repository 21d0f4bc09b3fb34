import { describe, expect, it } from 'vitest';
import { balance, byAddress, byPublishedPort, choose } from './balancer.ts';
import { endpoint } from './gossip/testing-gossip.ts';
import { initialNodeNetwork, type NodeNetworkState, type VirtualService } from './node-state.ts';

const NETWORK = 'net';

function withTasks(...names: string[]): { state: NodeNetworkState; service: () => VirtualService } {
  const state = initialNodeNetwork();
  for (const [i, name] of names.entries()) balance(state, NETWORK, name, endpoint(name, `10.0.1.${3 + i}`), null);
  return { state, service: () => byAddress(state, NETWORK, '10.0.1.2')! };
}

const picks = (service: VirtualService, count: number): string =>
  Array.from({ length: count }, () => choose(service)?.endpoint.split('.')[1] ?? '-').join('');

describe('ip_vs_rr', () => {
  it('goes through the destinations, the newest first', () => {
    const { service } = withTasks('web.1', 'web.2', 'web.3');
    expect(picks(service(), 7)).toBe('3213213');
  });

  it('skips weight 0, and goes on where it was when the weight is back', () => {
    const { state, service } = withTasks('web.1', 'web.2', 'web.3');
    expect(picks(service(), 1)).toBe('3');
    const on = endpoint('web.2', '10.0.1.4');
    const off = { ...on, serviceDisabled: true };
    balance(state, NETWORK, 'web.2', off, on);
    expect(picks(service(), 4)).toBe('1313');
    balance(state, NETWORK, 'web.2', on, off);
    expect(picks(service(), 3)).toBe('213');
  });

  it('has nobody to give when all weights are 0', () => {
    const { state, service } = withTasks('web.1');
    const on = endpoint('web.1', '10.0.1.3');
    balance(state, NETWORK, 'web.1', { ...on, serviceDisabled: true }, on);
    expect(picks(service(), 2)).toBe('--');
  });

  it('goes on in order when the destination chosen last is removed', () => {
    const { state, service } = withTasks('web.1', 'web.2', 'web.3', 'web.4');
    expect(picks(service(), 2)).toBe('43');
    balance(state, NETWORK, 'web.3', null, endpoint('web.3', '10.0.1.5'));
    expect(picks(service(), 4)).toBe('2142');
  });
});

describe('virtual services', () => {
  it('have marks from 256, one per network and service, never given again', () => {
    const { state } = withTasks('web.1', 'db.1');
    const services = [...state.balancers.get(NETWORK)!.values()];
    expect(services.map(({ name, mark }) => `${name} ${mark}`)).toEqual(['web 256', 'db 257']);
    balance(state, NETWORK, 'web.1', null, endpoint('web.1', '10.0.1.3'));
    balance(state, NETWORK, 'web.1', endpoint('web.1', '10.0.1.3'), null);
    expect([...state.balancers.get(NETWORK)!.values()].map(({ mark }) => mark)).toEqual([257, 258]);
  });

  it('go with their last destination', () => {
    const { state } = withTasks('web.1');
    balance(state, NETWORK, 'web.1', null, endpoint('web.1', '10.0.1.3'));
    expect(state.balancers.size).toBe(0);
  });

  it('are found by published port and protocol', () => {
    const state = initialNodeNetwork();
    const ports = [{ protocol: 'tcp' as const, target: 80, published: 8080 }];
    balance(state, NETWORK, 'web.1', endpoint('web.1', '10.0.0.5', { ingressPorts: ports }), null);
    expect(byPublishedPort(state, NETWORK, 8080, 'tcp')?.name).toBe('web');
    expect(byPublishedPort(state, NETWORK, 8080, 'udp')).toBeNull();
    expect(byPublishedPort(state, NETWORK, 80, 'tcp')).toBeNull();
  });

  it('are not made for dnsrr services and lone containers', () => {
    const state = initialNodeNetwork();
    balance(state, NETWORK, 'rr.1', endpoint('rr.1', '10.0.1.3', { virtualIp: '' }), null);
    balance(state, NETWORK, 'box', endpoint('box', '10.0.1.4', { serviceId: '' }), null);
    expect(state.balancers.size).toBe(0);
  });
});
