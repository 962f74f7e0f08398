import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Record<string, Record<string, string>>;
const docs = readFileSync(join(root, 'docs', 'dependencies.md'), 'utf8');
const all = { ...manifest.dependencies, ...manifest.devDependencies, ...manifest.optionalDependencies };

describe('dependencies', () => {
  it('are pinned to exact versions', () => {
    const loose = Object.entries(all).filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
    expect(loose).toEqual([]);
  });

  it('are explained, each of them and nothing else', () => {
    const named = new Set(
      [...docs.matchAll(/^\|([^|]+)\|/gm)].flatMap(([, cell]) =>
        [...cell!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!),
      ),
    );
    const covered = (name: string): boolean => named.has(name) || (name.startsWith('@types/') && named.has('@types/*'));
    expect(Object.keys(all).filter((name) => !covered(name))).toEqual([]);
    expect([...named].filter((name) => name !== '@types/*' && !(name in all))).toEqual([]);
  });

  it('are locked without the address of a registry', () => {
    const lock = readFileSync(join(root, 'package-lock.json'), 'utf8');
    expect(lock).not.toContain('"resolved"');
    expect(lock).toContain('"integrity"');
  });
});
