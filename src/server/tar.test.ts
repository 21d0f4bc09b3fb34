import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { decodeTar, encodeTar } from './tar.ts';

const archive = {
  entries: [
    { path: 'app', text: null, mode: 0o755 },
    { path: 'app/Dockerfile', text: 'FROM alpine\n', mode: 0o644 },
    { path: `app/${'long/'.repeat(40)}name`, text: 'é'.repeat(600), mode: 0o600 },
    { path: 'empty', text: '', mode: 0o644 },
  ],
};

describe('archives', () => {
  test('come back as they were', () => expect(decodeTar(encodeTar(archive))).toEqual(archive));

  test("are read by the system's tar, and read what it has written", () => {
    const folder = mkdtempSync(join(tmpdir(), 'tar-'));
    try {
      writeFileSync(join(folder, 'a.tar'), encodeTar(archive));
      const listed = spawnSync('tar', ['-tf', 'a.tar'], { cwd: folder, encoding: 'utf8' });
      expect(listed.stdout.split('\n')).toContain('app/Dockerfile');
      writeFileSync(join(folder, 'hello.txt'), 'hello\n');
      const written = spawnSync('tar', ['--format=pax', '-cf', '-', './hello.txt'], { cwd: folder });
      expect(decodeTar(written.stdout)?.entries).toMatchObject([{ path: 'hello.txt', text: 'hello\n' }]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  test.each([
    ['no archive', Buffer.from('x'.repeat(600))],
    ['an archive that breaks off', encodeTar(archive).subarray(0, 1030)],
  ])('%s is refused', (_, bytes) => expect(decodeTar(bytes)).toBeNull());

  test('never lead out of their folder', () => {
    const entries = [{ path: '../../etc/passwd', text: 'x', mode: 0o644 }];
    expect(decodeTar(encodeTar({ entries }))?.entries[0]?.path).toBe('etc/passwd');
  });
});
