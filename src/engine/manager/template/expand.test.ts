import { describe, expect, test } from 'vitest';
import { encodeBase64, utf8Bytes } from '../../../protocol/base64.ts';
import type { Config, ContainerSpec, Secret, Task } from '../../store/objects.ts';
import { emptyContainerSpec } from '../controlapi/defaults.ts';
import { testService, testTask } from '../testing-objects.ts';
import { expandContainerSpec, expandPayload } from './expand.ts';

const NODE = { hostname: 'node1', platform: { architecture: 'x86_64', os: 'linux' } };

function task(container: Partial<ContainerSpec>): Task {
  const base = testTask('t1', { ...testService('web'), id: 's1' }, { slot: 3, nodeId: 'n1' });
  return {
    ...base,
    serviceAnnotations: { name: 'web', labels: { tier: 'front' } },
    spec: { ...base.spec, container: { ...emptyContainerSpec('nginx'), ...container } },
  };
}

describe('a hostname', () => {
  test.each([
    ['plain', 'plain'],
    ['{{.Service.Name}}-{{.Task.Slot}}', 'web-3'],
    ['{{.Task.Name}}', 'web.3.t1'],
    ['{{.Service.ID}} {{.Node.ID}} {{.Task.ID}}', 's1 n1 t1'],
    ['{{.Node.Hostname}} {{.Node.Platform.OS}}/{{.Node.Platform.Architecture}}', 'node1 linux/x86_64'],
    ['{{index .Service.Labels "tier"}}', 'front'],
    ['{{.Service.Labels.tier}}', 'front'],
    ['{{join "-" .Service.Name .Node.Hostname}}', 'web-node1'],
    ['{{if eq .Task.Slot "3"}}third{{else}}other{{end}}', 'third'],
    ['{{printf "%s-%s" "a" .Task.Slot}}', 'a-3'],
  ])('%s is %s', (template, hostname) => {
    expect(expandContainerSpec(task({ hostname: template }), NODE)).toMatchObject({ ok: true, value: { hostname } });
  });

  test.each([
    [
      '{{.Nope}}',
      'expanding hostname failed: template: expansion:1:2: executing "expansion" at <.Nope>: can\'t evaluate field Nope in type *template.Context',
    ],
    [
      '{{.Service.Nope}}',
      'expanding hostname failed: template: expansion:1:10: executing "expansion" at <.Service.Nope>: can\'t evaluate field Nope in type struct { ID string; Name string; Labels map[string]string }',
    ],
    [
      '{{.Service.Labels.nope}}',
      'expanding hostname failed: template: expansion:1:10: executing "expansion" at <.Service.Labels.nope>: map has no entry for key "nope"',
    ],
    ['{{upper .Service.Name}}', 'expanding hostname failed: template: expansion:1: function "upper" not defined'],
    ['{{', 'expanding hostname failed: template: expansion:1: unclosed action'],
  ])('%s is refused', (template, message) => {
    expect(expandContainerSpec(task({ hostname: template }), NODE)).toEqual({ ok: false, message });
  });
});

test('variables and mounts are templates, too; names of variables are not', () => {
  const mount = {
    type: 'volume',
    source: 'data-{{.Task.Slot}}',
    target: '/{{.Node.Hostname}}',
    readOnly: false,
    options: {},
  } as const;
  const done = expandContainerSpec(task({ env: ['{{A}}={{.Task.Slot}}', 'B'], mounts: [mount] }), NODE);
  expect(done).toMatchObject({
    ok: true,
    value: { env: ['{{A}}=3', 'B'], mounts: [{ source: 'data-3', target: '/node1' }] },
  });
});

describe('the data of a config', () => {
  const file = (id: string, text: string, templated = true): Config => ({
    kind: 'config',
    id,
    meta: { version: 0, createdAt: 0, updatedAt: 0 },
    spec: {
      annotations: { name: id, labels: {} },
      data: encodeBase64(utf8Bytes(text)),
      templating: templated ? { Name: 'golang' } : null,
    },
  });
  const secret = { ...file('pw', 'hunter2', false), kind: 'secret' } as unknown as Secret;
  const reference = { id: 'pw', name: 'pw', target: 'password', uid: '0', gid: '0', mode: 0o444 };
  const owner = task({ env: ['COLOR=blue'], secrets: [reference] });
  const dependencies = { secrets: new Map([['pw', secret]]), configs: new Map<string, Config>() };

  test.each([
    ['{{.Service.Name}}', true, 'web'],
    ['{{.Service.Name}}', false, '{{.Service.Name}}'],
    ['{{env "COLOR"}}{{env "NONE"}}', true, 'blue'],
    ['{{secret "password"}}', true, 'hunter2'],
    ['{{.Node.ID}}{{.Node.Hostname}}', true, 'n1'],
  ])('%s (templated: %s) reads %s', (text, templated, value) => {
    expect(expandPayload(file('c', text, templated), owner, dependencies)).toEqual({ ok: true, value });
  });

  test('that asks for a secret which the task has not is refused', () => {
    expect(expandPayload(file('c', '{{secret "nope"}}'), owner, dependencies)).toEqual({
      ok: false,
      message:
        'failed to expand templated config c: template: expansion:1:2: executing "expansion" at <secret "nope">: error calling secret: secret target nope not found',
    });
  });
});
