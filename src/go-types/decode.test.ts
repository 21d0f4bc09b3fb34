import { describe, expect, it } from 'vitest';
import { decode } from './decode.ts';
import { containerCreateRequest } from './requests.ts';
import { secretSpec, serviceSpec, swarmSpec } from './swarm.ts';

const container = (fields: object) => ({ TaskTemplate: { ContainerSpec: fields } });

describe('what fits', () => {
  it.each([
    ['null', null, undefined],
    ['nothing', undefined, undefined],
    ['an empty body', {}, {}],
    [
      'absent and null fields',
      { Name: null, Labels: null, TaskTemplate: { ContainerSpec: null } },
      { TaskTemplate: {} },
    ],
    ['keys in any case', { name: 'web', LABELS: { A: 'b' } }, { Name: 'web', Labels: { A: 'b' } }],
    [
      'keys nobody knows',
      { Name: 'web', Colour: 'red', TaskTemplate: { Sound: 1 } },
      { Name: 'web', TaskTemplate: {} },
    ],
    ['null among others', container({ Env: ['A=1', null] }), container({ Env: ['A=1', ''] })],
    [
      'the largest number',
      { Mode: { Replicated: { Replicas: 2 ** 64 } } },
      { Mode: { Replicated: { Replicas: 2 ** 64 } } },
    ],
  ])('%s', (_, json, value) => {
    expect(decode(serviceSpec, json)).toEqual({ ok: true, value });
  });

  it('one word or several', () => {
    expect(decode(containerCreateRequest, { Cmd: 'ls', Entrypoint: ['sh', '-c'] })).toEqual({
      ok: true,
      value: { Cmd: 'ls', Entrypoint: ['sh', '-c'] },
    });
  });
});

/** As Go 1.24 says it. */
describe('what does not', () => {
  it.each([
    ['web', 'string into Go value of type swarm.ServiceSpec'],
    [[], 'array into Go value of type swarm.ServiceSpec'],
    [true, 'bool into Go value of type swarm.ServiceSpec'],
    [{ Name: 7 }, 'number into Go struct field ServiceSpec.Annotations.Name of type string'],
    [{ Labels: { a: 1 } }, 'number into Go struct field ServiceSpec.Annotations.Labels of type string'],
    [{ Labels: [] }, 'array into Go struct field ServiceSpec.Annotations.Labels of type map[string]string'],
    [
      container({ Env: 'A=1' }),
      'string into Go struct field ContainerSpec.TaskTemplate.ContainerSpec.Env of type []string',
    ],
    [
      container({ Env: [1] }),
      'number into Go struct field ContainerSpec.TaskTemplate.ContainerSpec.Env of type string',
    ],
    [
      container({ Init: 'yes' }),
      'string into Go struct field ContainerSpec.TaskTemplate.ContainerSpec.Init of type bool',
    ],
    [
      { TaskTemplate: { ContainerSpec: 'nginx' } },
      'string into Go struct field TaskSpec.TaskTemplate.ContainerSpec of type swarm.ContainerSpec',
    ],
    [
      { Mode: { Replicated: { Replicas: -1 } } },
      'number -1 into Go struct field ReplicatedService.Mode.Replicated.Replicas of type uint64',
    ],
    [
      { Mode: { Replicated: { Replicas: 1.5 } } },
      'number 1.5 into Go struct field ReplicatedService.Mode.Replicated.Replicas of type uint64',
    ],
    [
      { UpdateConfig: { Delay: '5s' } },
      'string into Go struct field UpdateConfig.UpdateConfig.Delay of type time.Duration',
    ],
    [
      { EndpointSpec: { Ports: [{ TargetPort: 2 ** 32 }] } },
      'number 4294967296 into Go struct field PortConfig.EndpointSpec.Ports.TargetPort of type uint32',
    ],
    [
      { EndpointSpec: { Ports: {} } },
      'object into Go struct field EndpointSpec.EndpointSpec.Ports of type []swarm.PortConfig',
    ],
  ])('%j', (json, message) => {
    expect(decode(serviceSpec, json)).toEqual({ ok: false, message: `json: cannot unmarshal ${message}` });
  });

  it.each([
    ['!', 0],
    ['AAAA!', 4],
    ['AAA', 0],
    ['AAAAA', 4],
    ['AA=', 3],
    ['AA=A', 3],
    ['AAA==', 4],
    ['A===', 1],
  ])('bytes %s', (data, at) => {
    expect(decode(secretSpec, { Data: data })).toEqual({
      ok: false,
      message: `illegal base64 data at input byte ${at}`,
    });
  });

  it.each(['', 'AA==', 'AAA=', 'AAAA', 'AA\nAA', 'AA==\n'])('but bytes %j do', (data) => {
    expect(decode(secretSpec, { Data: data }).ok).toBe(true);
  });

  it('numbers of settings', () => {
    expect(decode(swarmSpec, { Raft: { SnapshotInterval: 'often' } })).toEqual({
      ok: false,
      message: 'json: cannot unmarshal string into Go struct field RaftConfig.Raft.SnapshotInterval of type uint64',
    });
  });
});
